// Philox 4x32-10 as in dev.kiln.tensor.Philox: the same mask, bit for bit, as on every other backend.

__device__ inline void philox(unsigned k0, unsigned k1, unsigned c0, unsigned c1, unsigned c2, unsigned c3,
                              unsigned* words) {
  for (int round = 0; round < 10; round++) {
    unsigned long long product0 = 0xD2511F53ull * c0;
    unsigned long long product1 = 0xCD9E8D57ull * c2;
    c0 = (unsigned)(product1 >> 32) ^ c1 ^ k0;
    c1 = (unsigned)product1;
    c2 = (unsigned)(product0 >> 32) ^ c3 ^ k1;
    c3 = (unsigned)product0;
    k0 += 0x9E3779B9u;
    k1 += 0xBB67AE85u;
  }
  words[0] = c0;
  words[1] = c1;
  words[2] = c2;
  words[3] = c3;
}

// The mask belongs to the place of an element in the order [N, C, H, W], wherever it lies: here each element draws its
// block anew, so that neighbours are read together.
KERNEL dropout_channels_last(Index count, const ELEMENT* x, const long long* counter, ELEMENT* y, double scale,
                             Index threshold, int stream, Index channels, Index pixels) {
  unsigned long long seed = (unsigned long long)counter[0], step = (unsigned long long)counter[1];
  FOR_EACH(at, count) {
    Index channel = at % channels, rest = at / channels;
    Index i = (rest / pixels * channels + channel) * pixels + rest % pixels;
    unsigned words[4];
    philox((unsigned)seed, (unsigned)(seed >> 32), (unsigned)(i / 4), (unsigned)stream, (unsigned)step,
           (unsigned)(step >> 32), words);
    y[at] = (Index)words[i % 4] < threshold ? REAL(0) : REAL(x[at] * scale);
  }
}

// A thread draws one block of random words, which is enough for four elements.
KERNEL dropout(Index count, const ELEMENT* x, const long long* counter, ELEMENT* y, double scale, Index threshold, int stream) {
  unsigned long long seed = (unsigned long long)counter[0], step = (unsigned long long)counter[1];
  FOR_EACH(block, (count + 3) / 4) {
    unsigned words[4];
    philox((unsigned)seed, (unsigned)(seed >> 32), (unsigned)block, (unsigned)stream, (unsigned)step,
           (unsigned)(step >> 32), words);
    for (int word = 0; word < 4; word++) {
      Index i = block * 4 + word;
      if (i < count) {
        y[i] = (Index)words[word] < threshold ? REAL(0) : REAL(x[i] * scale);
      }
    }
  }
}
