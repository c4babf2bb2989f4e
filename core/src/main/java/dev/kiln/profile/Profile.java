package dev.kiln.profile;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What was done when: the last 131,072 spans of time that were recorded. One thread records; after
 * a subject was first seen, recording allocates nothing.
 */
public final class Profile {

  private static final int KEPT = 1 << 17;

  private final List<Subject> subjects = new ArrayList<>();
  private final Map<Subject, Integer> numbers = new HashMap<>();
  private final int[] which = new int[KEPT];
  private final long[] begins = new long[KEPT];
  private final long[] ends = new long[KEPT];
  private long recorded;

  /** Creates a profile in which nothing has been recorded. */
  public Profile() {}

  /** One span of time, in nanoseconds of {@link System#nanoTime}. */
  record Span(Subject subject, long begin, long end) {}

  /** Returns the number to record a subject by; the same for equal subjects. */
  public int number(Subject subject) {
    return numbers.computeIfAbsent(
        subject,
        added -> {
          subjects.add(added);
          return subjects.size() - 1;
        });
  }

  /**
   * Records a span.
   *
   * @param number what was done, see {@link #number}
   * @param begin when it began, by {@link System#nanoTime}
   * @param end when it ended
   */
  public void record(int number, long begin, long end) {
    int at = (int) (recorded % KEPT);
    which[at] = number;
    begins[at] = begin;
    ends[at] = end;
    recorded++;
  }

  /** Returns the spans that are kept, in the order in which they ended. */
  List<Span> spans() {
    List<Span> spans = new ArrayList<>();
    for (long i = Math.max(0, recorded - KEPT); i < recorded; i++) {
      int at = (int) (i % KEPT);
      spans.add(new Span(subjects.get(which[at]), begins[at], ends[at]));
    }
    return spans;
  }

  /** Returns the nodes of a step, that which takes longest first. */
  public List<Timing> nodes() {
    return subjects.stream()
        .filter(Subject::isNode)
        .map(this::timing)
        .filter(timing -> timing.count() > 0)
        .sorted(Comparator.comparingDouble((Timing timing) -> timing.nanosPerStep(1)).reversed())
        .toList();
  }

  /** Returns how long a subject took; zeros if it was never seen. */
  public Timing timing(Subject subject) {
    int number = number(subject);
    int kept = (int) Math.min(recorded, KEPT);
    long[] times = new long[kept];
    int count = 0;
    for (int i = 0; i < kept; i++) {
      if (which[i] == number) {
        times[count++] = ends[i] - begins[i];
      }
    }
    Arrays.sort(times, 0, count);
    long total = Arrays.stream(times, 0, count).sum();
    return new Timing(subject, count, count == 0 ? 0 : times[count / 2], total);
  }
}
