// What the files of the stand-in for libcudnn.so.9 share.
#pragma once

#include "host.h"

namespace dnn {

enum Status { SUCCESS = 0, NOT_INITIALIZED = 1001, BAD_PARAM = 2000, NOT_SUPPORTED = 3000 };

struct Handle {
  host::Stream* stream = nullptr;
};

}  // namespace dnn
