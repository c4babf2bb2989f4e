// The threads of a block on one processor. Threads that never meet a barrier share one stack; one that does keeps its
// stack until all others have come there.

#include <setjmp.h>
#include <ucontext.h>

#include <cstdlib>
#include <vector>

#include "host.h"

namespace {

constexpr size_t STACK_BYTES = 128 << 10;

struct Fiber {
  ucontext_t context;
  jmp_buf place;
  bool started = false;
};

jmp_buf scheduler;
Fiber* current;
std::vector<Fiber*> idle, waiting;

void (*body)(void*, unsigned);
void* body_argument;
unsigned threads, next_thread, finished;

void leave() {
  if (!_setjmp(current->place)) {
    _longjmp(scheduler, 1);
  }
}

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
  if (_setjmp(scheduler)) {
    return;
  }
  if (current->started) {
    _longjmp(current->place, 1);
  }
  current->started = true;
  setcontext(&current->context);
}

Fiber* acquire() {
  if (!idle.empty()) {
    Fiber* fiber = idle.back();
    idle.pop_back();
    return fiber;
  }
  Fiber* fiber = new Fiber;
  getcontext(&fiber->context);
  fiber->context.uc_stack.ss_sp = std::malloc(STACK_BYTES);
  fiber->context.uc_stack.ss_size = STACK_BYTES;
  fiber->context.uc_link = nullptr;
  makecontext(&fiber->context, loop, 0);
  return fiber;
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
