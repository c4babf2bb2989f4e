// The stand-in for libcublasLt.so.12, of which the backend calls nothing: cuBLAS does.
