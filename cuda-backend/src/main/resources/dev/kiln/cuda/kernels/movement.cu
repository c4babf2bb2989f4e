// Elements of 1, 2, 4 or 8 bytes that change their places: whatever they mean.

#define MOVE(bytes, type)                                                                               \
  KERNEL gather_##bytes(Index count, const type* from, type* to, Walk places, Index offset) {           \
    FOR_EACH(i, count) { to[i] = from[offset + locate(places, 0, i)]; }                                 \
  }                                                                                                     \
  KERNEL scatter_##bytes(Index count, const type* from, type* to, Walk places, Index offset) {          \
    FOR_EACH(i, count) { to[offset + locate(places, 0, i)] = from[i]; }                                 \
  }

MOVE(1, unsigned char)
MOVE(2, unsigned short)
MOVE(4, unsigned int)
MOVE(8, unsigned long long)
