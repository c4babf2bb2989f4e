// The stand-in for libcuda.so.1: streams, events and graphs. What is put on a stream runs only when somebody waits for
// it, so that a result read too early is wrong every time.

#include <vector>

#include "cuda.h"

using namespace cuda;

namespace {

// How much of what was put on streams has run.
long long work_done = 0;

}  // namespace

struct Graph {
  std::vector<std::function<void()>> works;
};

struct host::Stream {
  std::deque<std::function<void()>> queue;
  size_t first = 0;          // position of the queue's first work, counted from the stream's begin
  Graph* recording = nullptr;

  size_t end() const { return first + queue.size(); }

  // Runs everything up to a position; what runs may wait for other streams, never for this one.
  void run_until(size_t position) {
    while (first < position) {
      std::function<void()> work = std::move(queue.front());
      queue.pop_front();
      first++;
      work_done++;
      work();
    }
  }
};

namespace {

struct Event {
  host::Stream* stream = nullptr;
  size_t position = 0;

  bool happened() const { return stream == nullptr || stream->first >= position; }
};

std::vector<host::Stream*> streams;

bool is_capturing() {
  for (host::Stream* stream : streams) {
    if (stream->recording) return true;
  }
  return false;
}

}  // namespace

bool cuda::finish_streams() {
  bool any = false;
  for (host::Stream* stream : streams) {
    any |= !stream->queue.empty();
    stream->run_until(stream->end());
  }
  return any;
}

bool host::may_wait(const char* call) {
  if (!is_capturing()) return true;
  violation(std::string(call) + " while a stream is captured");
  return false;
}

void host::enqueue(Stream* stream, std::function<void()> work) {
  Lock lock(mutex);
  if (stream->recording) {
    stream->recording->works.push_back(std::move(work));
  } else {
    stream->queue.push_back(std::move(work));
  }
}

extern "C" {

// For tests: how much of what was put on streams has run.
long long host_work_done() {
  Lock lock(mutex);
  return work_done;
}

CUresult cuStreamCreate(host::Stream** stream, unsigned) {
  ENTER();
  *stream = new host::Stream;
  streams.push_back(*stream);
  host::created("stream");
  return SUCCESS;
}

CUresult cuStreamDestroy_v2(host::Stream* stream) {
  ENTER_TO_WAIT("cuStreamDestroy");
  stream->run_until(stream->end());
  std::erase(streams, stream);
  delete stream;
  host::destroyed("stream");
  return SUCCESS;
}

CUresult cuStreamSynchronize(host::Stream* stream) {
  ENTER_TO_WAIT("cuStreamSynchronize");
  stream->run_until(stream->end());
  return SUCCESS;
}

CUresult cuEventCreate(Event** event, unsigned) {
  ENTER();
  *event = new Event;
  host::created("event");
  return SUCCESS;
}

CUresult cuEventDestroy_v2(Event* event) {
  ENTER();
  delete event;
  host::destroyed("event");
  return SUCCESS;
}

CUresult cuEventRecord(Event* event, host::Stream* stream) {
  ENTER();
  if (!host::may_wait("cuEventRecord")) return STREAM_CAPTURE_UNSUPPORTED;
  event->stream = stream;
  event->position = stream->end();
  return SUCCESS;
}

// Every time one looks, half of what was left has happened.
CUresult cuEventQuery(Event* event) {
  ENTER_TO_WAIT("cuEventQuery");
  if (event->happened()) return SUCCESS;
  size_t left = event->position - event->stream->first;
  event->stream->run_until(event->stream->first + (left + 1) / 2);
  return NOT_READY;
}

CUresult cuEventSynchronize(Event* event) {
  ENTER_TO_WAIT("cuEventSynchronize");
  if (!event->happened()) event->stream->run_until(event->position);
  return SUCCESS;
}

CUresult cuStreamWaitEvent(host::Stream* stream, Event* event, unsigned) {
  ENTER_TO_WAIT("cuStreamWaitEvent");
  Event moment = *event;
  host::enqueue(stream, [moment] {
    if (!moment.happened()) moment.stream->run_until(moment.position);
  });
  return SUCCESS;
}

CUresult cuStreamBeginCapture_v2(host::Stream* stream, int) {
  ENTER();
  if (stream->recording) return INVALID_VALUE;
  stream->recording = new Graph;
  host::created("graph");
  return SUCCESS;
}

CUresult cuStreamEndCapture(host::Stream* stream, Graph** graph) {
  ENTER();
  if (!stream->recording) return INVALID_VALUE;
  *graph = stream->recording;
  stream->recording = nullptr;
  return SUCCESS;
}

CUresult cuGraphInstantiateWithFlags(Graph** executable, Graph* graph, unsigned long long) {
  ENTER();
  *executable = new Graph(*graph);
  host::created("executable graph");
  return SUCCESS;
}

CUresult cuGraphLaunch(Graph* executable, host::Stream* stream) {
  ENTER();
  for (auto& work : executable->works) host::enqueue(stream, work);
  return SUCCESS;
}

CUresult cuGraphDestroy(Graph* graph) {
  ENTER();
  delete graph;
  host::destroyed("graph");
  return SUCCESS;
}

CUresult cuGraphExecDestroy(Graph* executable) {
  ENTER();
  cuda::finish_streams();
  delete executable;
  host::destroyed("executable graph");
  return SUCCESS;
}

}  // extern "C"
