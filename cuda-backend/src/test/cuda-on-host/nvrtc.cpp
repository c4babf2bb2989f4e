// The stand-in for libnvrtc.so.12: compiles kernels as C++ for the host, with g++ and the kernel.h that lies beside it,
// and links the result to the stand-in for libcuda.

#include <dlfcn.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

#include "host.h"

namespace fs = std::filesystem;

namespace {

enum Status { SUCCESS = 0, INVALID_INPUT = 3, INVALID_OPTION = 5, COMPILATION = 6 };

struct Program {
  std::string source, log, machine_code, text;
};

// Those of NVRTC 12.6.
constexpr int ARCHITECTURES[] = {50, 52, 53, 60, 61, 62, 70, 72, 75, 80, 86, 87, 89, 90};

std::string read(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::stringstream content;
  content << in.rdbuf();
  return content.str();
}

void write(const fs::path& file, const std::string& content) {
  std::ofstream(file, std::ios::binary) << content;
}

bool run(const std::string& command, const fs::path& log) {
  return std::system((command + " >" + log.string() + " 2>&1").c_str()) == 0;
}

fs::path own_folder() {
  Dl_info info;
  dladdr(reinterpret_cast<void*>(&own_folder), &info);
  return fs::path(info.dli_fname).parent_path();
}

std::string hexadecimal(const std::string& bytes) {
  const char* digits = "0123456789abcdef";
  std::string text;
  for (unsigned char byte : bytes) text += {digits[byte / 16], digits[byte % 16]};
  return text;
}

// The table of kernels by which the stand-in for libcuda finds them, and what their arguments are.
std::string table(const std::string& preprocessed) {
  static const std::regex kernel(R"(__global__\s+void\s+(\w+)\s*\()");
  std::string runs, rows;
  for (std::sregex_iterator found(preprocessed.begin(), preprocessed.end(), kernel), end; found != end; ++found) {
    std::string name = (*found)[1];
    runs += "static void host_run_" + name + "(void** arguments, unsigned grid, unsigned block) { host_run(&" + name +
            ", arguments, grid, block); }\n";
    rows += "  {\"" + name + "\", host_count(&" + name + "), host_sizes(&" + name + "), &host_run_" + name + "},\n";
  }
  return "\n" + runs + "extern \"C\" __attribute__((visibility(\"default\"))) HostKernel host_kernels[] = {\n" + rows +
         "  {nullptr, 0, nullptr, nullptr}};\n";
}

}  // namespace

extern "C" {

// Not a version that NVIDIA ever gave, so that nothing compiled here is taken for something compiled there.
int nvrtcVersion(int* major, int* minor) {
  *major = 0;
  *minor = 2;
  return SUCCESS;
}

int nvrtcGetNumSupportedArchs(int* count) {
  *count = std::size(ARCHITECTURES);
  return SUCCESS;
}

int nvrtcGetSupportedArchs(int* architectures) {
  std::ranges::copy(ARCHITECTURES, architectures);
  return SUCCESS;
}

const char* nvrtcGetErrorString(int status) {
  switch (status) {
    case SUCCESS: return "NVRTC_SUCCESS";
    case INVALID_OPTION: return "NVRTC_ERROR_INVALID_OPTION";
    case COMPILATION: return "NVRTC_ERROR_COMPILATION";
    default: return "NVRTC_ERROR_INVALID_INPUT";
  }
}

int nvrtcCreateProgram(Program** program, const char* source, const char*, int headers, const char* const*,
                       const char* const*) {
  if (headers != 0) return INVALID_INPUT;
  *program = new Program{source, "", "", ""};
  host::created("NVRTC program");
  return SUCCESS;
}

int nvrtcDestroyProgram(Program** program) {
  delete *program;
  *program = nullptr;
  host::destroyed("NVRTC program");
  return SUCCESS;
}

int nvrtcCompileProgram(Program* program, int count, const char* const* options) {
  std::string flags;
  const std::string machine_code = "--gpu-architecture=sm_", text = "--gpu-architecture=compute_";
  int64_t architecture = 0;
  bool as_text = false;
  for (int i = 0; i < count; i++) {
    std::string option = options[i];
    if (option.rfind("-D", 0) == 0 || option.rfind("--std=", 0) == 0) {
      flags += " " + option;
    } else if (option.rfind(machine_code, 0) == 0) {
      architecture = std::stoi(option.substr(machine_code.size()));
    } else if (option.rfind(text, 0) == 0) {
      architecture = std::stoi(option.substr(text.size()));
      as_text = true;
    } else {
      program->log = "unknown option " + option;
      return INVALID_OPTION;
    }
  }
  if (std::ranges::find(ARCHITECTURES, architecture) == std::end(ARCHITECTURES)) {
    program->log = "unknown architecture " + std::to_string(architecture);
    return INVALID_OPTION;
  }
  std::string pattern = fs::temp_directory_path() / "cuda-on-host-XXXXXX";
  fs::path folder = mkdtemp(pattern.data());
  fs::path header = own_folder() / "kernel.h";
  fs::path source = folder / "kernel.cpp", expanded = folder / "expanded.cpp", library = folder / "kernel.so";
  fs::path log = folder / "log";
  write(source, program->source);
  bool compiled = run("g++ -E -P" + flags + " " + source.string() + " -o " + expanded.string(), log);
  if (compiled) {
    std::string text = read(expanded);
    write(source, "#define __global__\n" + read(header) + text + table(text));
    compiled = run("g++ -w -O1 -ffp-contract=off -fPIC -shared -fvisibility=hidden" + flags + " " + source.string() +
                       " -o " + library.string() + " " + (own_folder() / "libcuda.so.1").string(),
                   log);
  }
  program->log = read(log);
  if (compiled) {
    std::string content = read(library);
    uint64_t length = content.size();
    program->machine_code = "KILNHOST" + std::string(reinterpret_cast<char*>(&architecture), sizeof architecture) +
                            std::string(reinterpret_cast<char*>(&length), sizeof length) + content;
    program->text = "KILNTEXT" + std::to_string(architecture) + "\n" + hexadecimal(content);
    (as_text ? program->machine_code : program->text).clear();
  }
  fs::remove_all(folder);
  return compiled ? SUCCESS : COMPILATION;
}

int nvrtcGetCUBINSize(Program* program, size_t* size) {
  *size = program->machine_code.size();
  return SUCCESS;
}

int nvrtcGetCUBIN(Program* program, char* image) {
  std::memcpy(image, program->machine_code.data(), program->machine_code.size());
  return SUCCESS;
}

int nvrtcGetPTXSize(Program* program, size_t* size) {
  *size = program->text.size() + 1;
  return SUCCESS;
}

int nvrtcGetPTX(Program* program, char* text) {
  std::memcpy(text, program->text.c_str(), program->text.size() + 1);
  return SUCCESS;
}

int nvrtcGetProgramLogSize(Program* program, size_t* size) {
  *size = program->log.size() + 1;
  return SUCCESS;
}

int nvrtcGetProgramLog(Program* program, char* log) {
  std::memcpy(log, program->log.c_str(), program->log.size() + 1);
  return SUCCESS;
}

}  // extern "C"
