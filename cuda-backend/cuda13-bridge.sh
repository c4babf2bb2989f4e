#!/usr/bin/env bash
# For machines that have CUDA 13 alone. JCuda asks for libcublas.so.12 and libnvrtc.so.12; this builds small libraries of these
# names, with gcc, that hand every function on to libcublas.so.13 and libnvrtc.so.13, one jump each. cuDNN 9 has one name for both.
#
#   cuda13-bridge.sh [FOLDER OF THE CUDA 13 LIBRARIES] [FOLDER TO WRITE TO]
#
# Where the first folder is - the libraries are found by their names when they are called, wherever the machine has them.
set -euo pipefail

libraries=${1:-/usr/local/cuda/lib64}
target=${2:-$HOME/.cache/kiln/cuda-libraries}
version=12.6.0
repository=${MAVEN_REPOSITORY:-$HOME/.m2/repository}/org/jcuda

fail() {
  printf 'cuda13-bridge: %s\n' "$1" >&2
  exit 1
}

# The functions of a library that one of JCuda's natives calls: $1 artifact, $2 native, $3 beginning of the names.
functions() {
  local jar=$repository/$1/$version/$1-$version-linux-x86_64.jar
  [ -r "$jar" ] || fail "$jar is not there: build Kiln first"
  unzip -p "$jar" "lib/lib$2-$version-linux-x86_64.so" >"$work/native.so"
  nm -D --undefined-only "$work/native.so" | sed -n "s/.* \($3[A-Za-z0-9_]*\).*/\1/p" | sort -u
}

# Builds $1.so.12, which hands the functions in its input on to $1.so.13.
bridge() {
  local name=$1 newer=$libraries/$1.so.13 functions
  [ "$libraries" != - ] || newer=$1.so.13
  [ "$libraries" = - ] || [ -r "$newer" ] || fail "$newer is not there; name the folder of the CUDA 13 libraries"
  functions=$(cat)
  {
    printf '#include <dlfcn.h>\n#include <stdio.h>\n#include <stdlib.h>\n'
    printf 'static const char *const names[] = {%s 0};\n' "$(printf '"%s", ' $functions)"
    printf 'void *kiln_bridge[sizeof names / sizeof *names] __attribute__((visibility("hidden")));\n'
    printf 'static void missing(void) { fputs("%s.so.13 lacks a function that JCuda called\\n", stderr); abort(); }\n' "$name"
    printf '__attribute__((constructor)) static void connect(void) {\n'
    printf '  void *newer = dlopen("%s", RTLD_NOW | RTLD_LOCAL);\n' "$newer"
    printf '  for (int i = 0; names[i]; i++) {\n    void *found = newer ? dlsym(newer, names[i]) : 0;\n'
    printf '    kiln_bridge[i] = found ? found : (void *)missing;\n  }\n}\n'
    local i=0 function
    for function in $functions; do
      printf '__asm__(".globl %s\\n.type %s, @function\\n%s: jmp *kiln_bridge+%d(%%rip)\\n");\n' \
        "$function" "$function" "$function" $((8 * i))
      i=$((i + 1))
    done
  } >"$work/bridge.c"
  printf '%s.so.12 { global: *; };\n' "$name" >"$work/versions"
  gcc -O1 -fPIC -shared -Wl,-soname,"$name.so.12" -Wl,--version-script="$work/versions" "$work/bridge.c" -ldl \
    -o "$work/$name.so.12"
  mv "$work/$name.so.12" "$target/$name.so.12"
  printf 'cuda13-bridge: %s hands %d functions on to %s\n' "$target/$name.so.12" "$(wc -w <<<"$functions")" "$newer"
}

for tool in gcc nm unzip; do
  command -v $tool >/dev/null || fail "$tool is not installed"
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$target"
functions jcublas-natives JCublas2 cublas | bridge libcublas
functions jcuda-natives JNvrtc nvrtc | bridge libnvrtc
bridge libcublasLt </dev/null
