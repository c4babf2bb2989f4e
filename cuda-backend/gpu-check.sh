#!/usr/bin/env bash
# Checks the CUDA backend on a machine with a GPU, without network.
#
#   gpu-check.sh bundle [FILE]        here: puts everything that the check needs into one archive below 60 MB
#   gpu-check.sh run [OPTION...]      there, in the unpacked archive: runs the check and writes the results
#
#     --parts LIST       of machine,contract,training,workloads; default: all. The machine is always looked at.
#     --workloads LIST   of those of 'kiln bench'; default: all of a GPU
#     --peers LIST       what the workloads are compared with: pytorch-cuda, pytorch-cuda-compiled, pytorch-cuda-graphs
#                        or none; default: pytorch-cuda, which needs a python3 with torch and is left out where there is none
#     --steps N          of a training; default: 50
#     --size SIZE        of the batches of trainings and workloads: full, or small for a look without a GPU; default: full
#     --limit SECONDS    the longest that a part, or one workload, may take; default: 240
#     --seconds S        the length of a turn of a workload, of which there are five; default: 0.6
#     --results FOLDER   default: gpu-results beside this script
#
# Every part runs in a process of its own, and what fails does not keep the others from running; the exit code is 1 then.
# results.txt is for people and results.json for programs; both are complete after each part.
#
# The archive holds a trimmed Java runtime, the jars and JCuda's natives. CUDA and cuDNN 9 are the machine's own: found in the
# usual folders and in those of pip's packages, or in those that KILN_CUDA_LIBRARIES names (separated by colons). CUDA 13 serves
# too, through small libraries that hand its functions on.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd -P)

fail() {
  printf 'gpu-check: %s\n' "$1" >&2
  exit 1
}

# Here: the archive.

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

# Lays a jar or a folder of classes out: the archive compresses better what no jar has compressed before.
lay_out() {
  local entry=$1 target=$2
  mkdir -p "$target"
  if [ -d "$entry" ]; then
    cp -r "$entry/." "$target"
  else
    (cd "$target" && "$jdk/bin/jar" xf "$entry")
  fi
}

bundle() {
  local archive=${1:-$here/target/kiln-gpu-check.tar.xz} root stage=$here/target/gpu-check limit=$((60 << 20)) size entry number=0
  root=$(cd "$here/.." && pwd -P)
  jdk=$(java_home)
  # One build of all; the class paths are those of the tests here and of 'kiln bench'.
  (cd "$root" && mvn -q -Dquick -DskipTests -pl bench -am package &&
    mvn -q -Dquick -DskipTests -pl cuda-backend -am package dependency:build-classpath \
      -Dmdep.outputFile="$here/target/gpu-check.classpath" -Dmdep.includeScope=test)
  rm -rf "$stage"
  mkdir -p "$stage/lib"
  lay_out "$here/target/quick/test-classes" "$stage/lib/000-check"
  lay_out "$here/target/quick/classes" "$stage/lib/000-cuda"
  lay_out "$root/bench/target/quick/classes" "$stage/lib/000-bench"
  lay_out "$root/models/target/quick/test-classes/dev/kiln/models/zoo" "$stage/lib/000-zoo/dev/kiln/models/zoo"
  tr ':' '\n' <"$here/target/gpu-check.classpath" | cat - <(tr ':' '\n' <"$root/bench/target/quick/kiln.classpath") | sort -u |
    while IFS= read -r entry; do
      case $entry in
        # Not used by what is checked: property tests, and the pages of reports.
        *jqwik* | *surefire* | *byte-buddy* | *archunit* | *echarts* | *rhino* | *kiln-cuda-backend* | *kiln-bench*) continue ;;
        *.jar | */classes | */test-classes)
          number=$((number + 1))
          lay_out "$entry" "$stage/lib/$(printf '%03d' $number)-$(basename "$entry" .jar)"
          ;;
      esac
    done
  # Not loaded: the other interfaces of JCuda, and oneDNN's of JavaCPP.
  find "$stage/lib" \( -name 'libJNvPTXCompiler*' -o -name 'libJCudaRuntime*' -o -name 'libJCublas-*' -o -name 'libjnidnnl*' \) -delete
  find "$stage/lib" \( -name '*.html' -o -name 'module-info.class' -o -path '*/META-INF/maven' \) -prune -exec rm -rf {} +
  find "$stage/lib" -name '*.so*' -type f -exec strip --strip-unneeded {} + 2>/dev/null || true
  "$jdk/bin/jlink" --output "$stage/jre" --strip-debug --no-header-files --no-man-pages --vm server \
    --add-modules java.base,java.logging,java.management,java.xml,jdk.jfr,jdk.management,jdk.unsupported
  find "$stage/jre" -name '*.so' -exec strip --strip-unneeded {} + 2>/dev/null || true
  "$here/cuda13-bridge.sh" - "$stage/cuda13-bridge"
  git -C "$root" describe --always --dirty >"$stage/commit" 2>/dev/null || echo unknown >"$stage/commit"
  cp "$0" "$stage/gpu-check.sh"
  mkdir -p "$(dirname "$archive")"
  tar -C "$stage/.." --owner=0 --group=0 -c "$(basename "$stage")" | xz -9e >"$archive"
  size=$(stat -c %s "$archive")
  printf 'gpu-check: %s, %d bytes\n' "$archive" "$size"
  [ "$size" -lt "$limit" ] || fail "the archive is larger than 60 MB"
}

# There: the check.

# Prints the folders that hold CUDA libraries, CUDA 12 first, joined by colons. Those of the system are below KILN_CHECK_ROOT.
cuda_folders() {
  local folder found12=() found13=() other=() all root=${KILN_CHECK_ROOT:-}
  for folder in ${CUDA_HOME:+"$CUDA_HOME/lib64"} ${CUDA_PATH:+"$CUDA_PATH/lib64"} "$root"/usr/local/cuda*/lib64 \
    "$root"/usr/local/cuda*/targets/x86_64-linux/lib "$root"/opt/cuda*/lib64 "$root"/usr/lib/x86_64-linux-gnu \
    {"${VIRTUAL_ENV:-/nowhere}","${CONDA_PREFIX:-/nowhere}","$HOME/.local","$root"/usr,"$root"/usr/local,"$root"/opt/conda,"$root"/opt/*}/lib/python3*/{site,dist}-packages/{nvidia/*/lib,torch/lib} \
    "$HOME"/.cache/kiln/cuda-libraries; do
    [ -d "$folder" ] || continue
    if compgen -G "$folder/lib*.so.12" >/dev/null; then
      found12+=("$folder")
    elif compgen -G "$folder/lib*.so.13" >/dev/null; then
      found13+=("$folder")
    elif compgen -G "$folder/libcudnn*.so.9" >/dev/null; then
      other+=("$folder")
    fi
  done
  all=("${found12[@]}" "${found13[@]}" "${other[@]}")
  (IFS=: && printf '%s\n' "${all[*]}")
}

# Whether one of the folders in $1 holds the file $2.
holds() {
  local folder IFS=:
  for folder in $1; do
    [ -e "$folder/$2" ] && return 0
  done
  ldconfig -p 2>/dev/null | grep -q "$2 "
}

find_cuda() {
  if [ -n "${KILN_CUDA_LIBRARIES:-}" ]; then
    folders=$KILN_CUDA_LIBRARIES
  else
    folders=$(cuda_folders)
  fi
  if ! holds "$folders" libcublas.so.12 && holds "$folders" libcublas.so.13; then
    printf 'CUDA 13 alone was found: its functions are called through the libraries in %s\n' "$bridge"
    folders=$bridge:$folders
  fi
  # A chosen folder is the only place to look in; else Java's own search finds them by their names.
  options=()
  [ -z "${KILN_CUDA_LIBRARIES:-}" ] || options+=("-Dkiln.cuda.libraries=$folders")
  # An empty entry would be the working folder.
  export LD_LIBRARY_PATH=$folders${folders:+${LD_LIBRARY_PATH:+:}}${LD_LIBRARY_PATH:-}
}

# Runs a class of the archive: $1 is the limit in seconds.
java() {
  local limit=$1
  shift
  # The caches stay in the unpacked archive.
  timeout -k 10 "$limit" "$jvm" -Xmx2g -XX:+UseSerialGC --enable-native-access=ALL-UNNAMED -Dkiln.cache="$cache" \
    -Dorg.bytedeco.javacpp.cachedir="$cache/javacpp" -Drequire.cuda=true "${options[@]}" -classpath "$classpath" "$@"
}

# Runs something that writes $results/$1.json; what it says is shown and kept, and its end is noted.
part() {
  local name=$1 status=0 begin=$SECONDS
  shift
  printf '\n== %s\n' "$name" | tee "$results/$name.txt"
  [ -z "$warning" ] || printf '%s\n' "$warning" | tee -a "$results/$name.txt"
  rm -f "$results/$name.json"
  "$@" > >(tee -a "$results/$name.txt") 2>&1 || status=$?
  sleep 0.1 # for tee
  if [ "$status" -eq 124 ] || [ "$status" -eq 137 ]; then
    printf 'FAILED %s: stopped after %d s\n' "$name" $((SECONDS - begin)) | tee -a "$results/$name.txt"
  elif [ "$status" -ne 0 ]; then
    printf 'FAILED %s: exit code %d\n' "$name" "$status" | tee -a "$results/$name.txt"
  fi
  [ "$status" -eq 0 ] || failed+=("$name")
  [ -s "$results/$name.json" ] || echo null >"$results/$name.json"
  done_parts+=("$name")
  seconds+=($((SECONDS - begin)))
  statuses+=("$status")
  summarize
}

# Writes both results anew from the parts that have run.
summarize() {
  local i date
  date=$(date -u +%Y-%m-%dT%H:%M:%SZ)
  {
    [ -z "$warning" ] || printf '%s\n\n' "$warning"
    printf 'Kiln %s, checked on %s\n' "$commit" "$date"
    nvidia-smi --query-gpu=name,driver_version,memory.total --format=csv,noheader 2>/dev/null || true
    if [ ${#failed[@]} -eq 0 ]; then
      printf 'nothing failed in: %s\n' "${done_parts[*]}"
    else
      printf 'FAILED: %s (of %s)\n' "${failed[*]}" "${done_parts[*]}"
    fi
    for i in "${done_parts[@]}"; do
      cat "$results/$i.txt"
    done
    [ -z "$warning" ] || printf '\n%s\n' "$warning"
  } >"$results/results.txt"
  {
    printf '{\n"commit": "%s",\n"date": "%s",\n"stand-in": %s,\n"parts": [\n' "$commit" "$date" "${stand_in:-null}"
    for i in "${!done_parts[@]}"; do
      [ "$i" -eq 0 ] || printf ',\n'
      printf '{"part": "%s", "exit-code": %d, "seconds": %d, "result": ' "${done_parts[$i]}" "${statuses[$i]}" "${seconds[$i]}"
      cat "$results/${done_parts[$i]}.json"
      printf '}'
    done
    printf '\n]\n}\n'
  } >"$results/results.json"
}

machine() {
  part machine java "$limit" dev.kiln.cuda.GpuCheck machine "$results/machine.json"
  if grep -q '"stand-in" : true' "$results/machine.json"; then
    stand_in=true
    warning='*** STAND-INS: no GPU took part. NVIDIA'"'"'s libraries were replaced by cuda-on-host, which computes on the
*** processor. Nothing here says anything about a GPU, and no time or speed here means anything.'
    printf '\n%s\n' "$warning"
    summarize
  elif grep -q '"stand-in" : false' "$results/machine.json"; then
    stand_in=false
  fi
}

workloads() {
  local name batch=()
  [ "$size" = full ] || batch=(--batch 1)
  for name in ${chosen_workloads//,/ }; do
    part "$name" java "$limit" -Dkiln.commit="$commit" dev.kiln.cli.Main bench --workloads "$name" --backends cuda --peers "$peers" "${batch[@]}" \
      --seconds "$turn" --rounds 5 --patience 0 --json "$results/$name.json"
  done
}

run() {
  local jvm=${KILN_CHECK_JAVA:-$here/jre/bin/java} classpath=${KILN_CHECK_CLASSPATH:-} bridge=$here/cuda13-bridge folders options
  local parts=machine,contract,training,workloads limit=240 steps=50 size=full peers=pytorch-cuda results=$here/gpu-results turn=0.6
  local chosen_workloads=mlp,lenet-64,lenet-256,vgg6bn,resnet18-256,resnet18-1024,rnn,gru,lstm,char-lstm-1024,char-gru-1024,seq2seq
  local warning='' stand_in='' commit failed=() done_parts=() seconds=() statuses=() entry cache
  while [ $# -gt 0 ]; do
    [ $# -gt 1 ] || fail "$1 needs a value; 'gpu-check.sh --help' shows what there is"
    case $1 in
      --parts) parts=$2 ;;
      --workloads) chosen_workloads=$2 ;;
      --peers) peers=$2 ;;
      --steps) steps=$2 ;;
      --size) size=$2 ;;
      --limit) limit=$2 ;;
      --seconds) turn=$2 ;;
      --results) results=$2 ;;
      *) fail "there is no option $1; 'gpu-check.sh --help' shows what there is" ;;
    esac
    shift 2
  done
  for entry in ${parts//,/ }; do
    case $entry in
      machine | contract | training | workloads) ;;
      *) fail "there is no part '$entry'; there are machine, contract, training, workloads" ;;
    esac
  done
  case $size in full | small) ;; *) fail "there is no size '$size'; there are full and small" ;; esac
  [ -x "$jvm" ] || fail "this is not an unpacked archive: make one with 'gpu-check.sh bundle'"
  if [ -z "$classpath" ]; then
    for entry in "$here"/lib/*; do
      classpath=$classpath${classpath:+:}$entry
    done
  fi
  mkdir -p "$results"
  results=$(cd "$results" && pwd -P)
  cache=${KILN_CHECK_CACHE:-$here/cache}
  commit=$(cat "$here/commit" 2>/dev/null || echo unknown)
  find_cuda
  machine
  if [ ${#failed[@]} -eq 0 ]; then
    case ,$parts, in *,contract,*) part contract java "$limit" dev.kiln.cuda.GpuCheck contract "$results/contract.json" ;; esac
    case ,$parts, in *,training,*) part training java "$limit" dev.kiln.models.zoo.ZooCheck "$results/training.json" "$steps" "$size" ;; esac
    case ,$parts, in *,workloads,*) workloads ;; esac
  fi
  printf '\ngpu-check: %s and results.json beside it\n' "$results/results.txt"
  [ ${#failed[@]} -eq 0 ] || fail "failed: ${failed[*]}"
  printf 'gpu-check: nothing failed\n'
}

case ${1:-run} in
  bundle) bundle "${@:2}" ;;
  run) run "${@:2}" ;;
  -h | --help) sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//;p}' "$0" ;;
  *) fail "usage: gpu-check.sh bundle [FILE] | run [OPTION...]; 'gpu-check.sh --help' tells more" ;;
esac
