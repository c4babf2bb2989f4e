// Max pooling with the place of each maximum, and its gradient.

// Windows that slide over an image of some channels, which are neighbours; an image that lies plane by plane is as many
// images of one channel. The same structure is filled by CudaMaxPool2d.java.
struct Windows {
  Index rows, columns, out_rows, out_columns;
  Index kernel_rows, kernel_columns, stride_rows, stride_columns, padding_rows, padding_columns;
  Index channels;
};

// x [images, rows, columns, channels] -> y and indices [images, out_rows, out_columns, channels]: the first of equals, and
// what is not a number before anything else.
KERNEL max_pool2d(Index count, const ELEMENT* x, ELEMENT* y, int* indices, Windows windows) {
  FOR_EACH(i, count) {
    Index channels = windows.channels, pixel = i / channels;
    Index column = pixel % windows.out_columns * windows.stride_columns - windows.padding_columns;
    Index rest = pixel / windows.out_columns;
    Index row = rest % windows.out_rows * windows.stride_rows - windows.padding_rows;
    const ELEMENT* plane = x + rest / windows.out_rows * windows.rows * windows.columns * channels + i % channels;
    Index top = row < 0 ? 0 : row, left = column < 0 ? 0 : column;
    Index bottom = row + windows.kernel_rows < windows.rows ? row + windows.kernel_rows : windows.rows;
    Index right = column + windows.kernel_columns < windows.columns ? column + windows.kernel_columns : windows.columns;
    Index place = top * windows.columns + left;
    REAL largest = plane[place * channels];
    for (Index h = top; h < bottom; h++) {
      for (Index w = left; w < right; w++) {
        REAL value = plane[(h * windows.columns + w) * channels];
        if (value > largest || value != value) {
          largest = value;
          place = h * windows.columns + w;
        }
      }
    }
    y[i] = largest;
    indices[i] = (int)place;
  }
}

// dx gathers from the windows over it, always in the same order.
KERNEL max_pool2d_grad(Index count, const ELEMENT* dy, const int* indices, ELEMENT* dx, Windows windows) {
  FOR_EACH(i, count) {
    Index channels = windows.channels, pixel = i / channels;
    Index column = pixel % windows.columns + windows.padding_columns;
    Index rest = pixel / windows.columns;
    Index row = rest % windows.rows + windows.padding_rows;
    Index image = rest / windows.rows * windows.out_rows;
    int place = (int)(rest % windows.rows * windows.columns + pixel % windows.columns);
    // The first window that reaches here, and the last that begins here or before.
    Index top = row < windows.kernel_rows ? 0 : (row - windows.kernel_rows) / windows.stride_rows + 1;
    Index left = column < windows.kernel_columns ? 0 : (column - windows.kernel_columns) / windows.stride_columns + 1;
    REAL sum = 0;
    for (Index h = top; h < windows.out_rows && h * windows.stride_rows <= row; h++) {
      for (Index w = left; w < windows.out_columns && w * windows.stride_columns <= column; w++) {
        Index from = ((image + h) * windows.out_columns + w) * channels + i % channels;
        if (indices[from] == place) {
          sum += dy[from];
        }
      }
    }
    dx[i] = sum;
  }
}
