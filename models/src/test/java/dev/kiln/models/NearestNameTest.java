package dev.kiln.models;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NearestNameTest {

  @ParameterizedTest
  @CsvSource({"kitten, sitting, 3", "'', abc, 3", "abc, '', 3", "lenet, lenet, 0", "ab, ba, 2"})
  void distanceIsTheNumberOfEdits(String a, String b, int edits) {
    assertThat(NearestName.distance(a, b)).isEqualTo(edits);
  }

  @Property
  void distanceIsAMetric(
      @ForAll @AlphaChars @StringLength(max = 6) String a,
      @ForAll @AlphaChars @StringLength(max = 6) String b,
      @ForAll @AlphaChars @StringLength(max = 6) String c) {
    assertThat(NearestName.distance(a, b)).isEqualTo(NearestName.distance(b, a));
    assertThat(NearestName.distance(a, b) == 0).isEqualTo(a.equals(b));
    assertThat(NearestName.distance(a, c))
        .isLessThanOrEqualTo(NearestName.distance(a, b) + NearestName.distance(b, c));
  }

  @ParameterizedTest
  @CsvSource({
    "lennet, lenet",
    "LeNet, lenet",
    "resnet, resnet18",
    "m, mlp",
    "mpl, ",
    "xyz, ",
    "'', "
  })
  void findsTheNameMeant(String name, String meant) {
    assertThat(NearestName.of(name, List.of("mlp", "lenet", "resnet18")).orElse(null))
        .isEqualTo(meant);
  }
}
