// The threads of a block on one processor. Threads that never meet a barrier share one stack; one that does keeps its
// stack until all others have come there.

#include <cstdint>
#include <cstdlib>
#include <vector>

#include "host.h"

// Goes on where another stack was left, and returns when somebody goes on with this one. Barriers are passed millions of
// times, so nothing but the registers that a function must preserve is kept (System V ABI for x86-64).
extern "C" void host_switch(void** left, void* to);
asm(R"(
.text
.globl host_switch
.hidden host_switch
.type host_switch, @function
host_switch:
  pushq %rbp
  pushq %rbx
  pushq %r12
  pushq %r13
  pushq %r14
  pushq %r15
  movq %rsp, (%rdi)
  movq %rsi, %rsp
  popq %r15
  popq %r14
  popq %r13
  popq %r12
  popq %rbx
  popq %rbp
  ret
.size host_switch, . - host_switch
)");

namespace {

constexpr size_t STACK_BYTES = 128 << 10;
constexpr int KEPT_REGISTERS = 6;

struct Fiber {
  void* place;
};

void* scheduler;
Fiber* current;
std::vector<Fiber*> idle, waiting;

void (*body)(void*, unsigned);
void* body_argument;
unsigned threads, next_thread, finished;

void leave() { host_switch(&current->place, scheduler); }

void loop() {
  for (;;) {
    while (next_thread < threads) {
      unsigned thread = next_thread++;
      body(body_argument, thread);
      finished++;
    }
    idle.push_back(current);
    leave();
  }
}

void resume(Fiber* fiber) {
  current = fiber;
  host_switch(&scheduler, fiber->place);
}

// A new fiber looks as if it had been left just before it enters the loop.
Fiber* acquire() {
  if (!idle.empty()) {
    Fiber* fiber = idle.back();
    idle.pop_back();
    return fiber;
  }
  auto* stack = static_cast<char*>(std::aligned_alloc(64, STACK_BYTES));
  auto** top = reinterpret_cast<void**>(stack + STACK_BYTES) - 1;  // aligned as after a call
  top[0] = nullptr;
  top[-1] = reinterpret_cast<void*>(loop);
  return new Fiber{top - 1 - KEPT_REGISTERS};
}

}  // namespace

extern "C" void host_barrier() {
  waiting.push_back(current);
  leave();
}

extern "C" void host_run_block(void (*thread)(void*, unsigned), void* argument, unsigned count) {
  body = thread;
  body_argument = argument;
  threads = count;
  next_thread = finished = 0;
  while (next_thread < threads) {
    resume(acquire());
  }
  while (!waiting.empty()) {
    if (finished > 0) {
      host::violation("some threads of a block wait at a barrier that others never reached");
    }
    std::vector<Fiber*> round;
    round.swap(waiting);
    for (Fiber* fiber : round) {
      resume(fiber);
    }
  }
}
