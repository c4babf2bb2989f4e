#!/usr/bin/env bash
# Checks the CUDA backend on a machine with a GPU, without network.
#
#   gpu-check.sh bundle [FILE]     here: builds everything that the check needs into one archive below 60 MB
#   gpu-check.sh run [RESULTS]     there, in the unpacked archive: runs the check and writes the results
#
# The archive holds a trimmed Java runtime, the jars and JCuda's natives. CUDA 12 and cuDNN 9 are the machine's own: found in the
# usual folders, or in those that KILN_CUDA_LIBRARIES names (separated by colons).
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd -P)

fail() {
  printf 'gpu-check: %s\n' "$1" >&2
  exit 1
}

bundle() {
  local archive=${1:-$here/target/kiln-gpu-check.tar.xz} root=$here/.. stage=$here/target/gpu-check jdk limit=$((60 << 20)) size
  jdk=$(java_home)
  mvn -q -f "$root/pom.xml" -Dquick -DskipTests -pl cuda-backend -am package
  rm -rf "$stage"
  mkdir -p "$stage/classes" "$stage/lib"
  (cd "$root" && mvn -q -Dquick -pl cuda-backend -am package -DskipTests dependency:build-classpath \
    -Dmdep.outputFile="$here/target/gpu-check.classpath" -Dmdep.includeScope=test)
  # What is compressed twice is not made smaller: the jars are laid out as folders, and only the archive compresses.
  local entry
  for entry in $(tr ':' '\n' <"$here/target/gpu-check.classpath"); do
    case $entry in
      *jqwik* | *surefire* | *byte-buddy*) continue ;;
    esac
    if [ -d "$entry" ]; then
      cp -r "$entry" "$stage/lib/$(basename "$(dirname "$(dirname "$(dirname "$entry")")")")-$(basename "$entry")"
    else
      mkdir -p "$stage/lib/$(basename "$entry" .jar)"
      (cd "$stage/lib/$(basename "$entry" .jar)" && "$jdk/bin/jar" xf "$entry")
    fi
  done
  cp -r "$here"/target/quick/classes/. "$here"/target/quick/test-classes/. "$stage/classes"
  # Not called: JCuda's runtime interface and the assembler of PTX.
  rm -f "$stage"/lib/*/lib/libJNvPTXCompiler* "$stage"/lib/*/lib/libJCudaRuntime* "$stage"/lib/*/lib/libJCublas-*
  find "$stage/lib" -name "libjnidnnl*" -delete
  "$jdk/bin/jlink" --output "$stage/jre" --strip-debug --no-header-files --no-man-pages \
    --add-modules java.base,java.logging,java.management,java.xml,jdk.jfr,jdk.management,jdk.unsupported
  cp "$0" "$stage/gpu-check.sh"
  tar -C "$stage/.." -c "$(basename "$stage")" | xz -T2 -6 >"$archive"
  size=$(stat -c %s "$archive")
  printf 'gpu-check: %s, %d bytes\n' "$archive" "$size"
  [ "$size" -lt "$limit" ] || fail "the archive is larger than 60 MB"
}

java_home() {
  local home
  for home in "${JAVA_HOME:-}" /usr/lib/jvm/*; do
    if [ -x "$home/bin/jlink" ] && grep -qs '^JAVA_VERSION="\(2[5-9]\|[3-9][0-9]\)' "$home/release"; then
      printf '%s\n' "$home"
      return
    fi
  done
  fail "no JDK 25 was found: point JAVA_HOME at one"
}

run() {
  local results=${1:-$here/gpu-results.txt} classpath=$here/classes entry options=()
  [ -x "$here/jre/bin/java" ] || fail "this is not an unpacked archive: make one with 'gpu-check.sh bundle'"
  for entry in "$here"/lib/*; do
    classpath=$classpath:$entry
  done
  [ -z "${KILN_CUDA_LIBRARIES:-}" ] || options+=("-Dkiln.cuda.libraries=$KILN_CUDA_LIBRARIES")
  # The caches stay in the unpacked archive.
  "$here/jre/bin/java" -Xmx2g --enable-native-access=ALL-UNNAMED -Dkiln.cache="$here/cache" \
    -Dorg.bytedeco.javacpp.cachedir="$here/cache/javacpp" -Drequire.cuda=true "${options[@]}" -classpath "$classpath" \
    dev.kiln.cuda.GpuCheck "$results" || fail "the check failed; $results tells where"
  printf 'gpu-check: all passed; the results are in %s\n' "$results"
}

case ${1:-run} in
  bundle) bundle "${@:2}" ;;
  run) run "${@:2}" ;;
  *) fail "usage: gpu-check.sh bundle [FILE] | run [RESULTS]" ;;
esac
