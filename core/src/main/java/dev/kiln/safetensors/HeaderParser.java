package dev.kiln.safetensors;

import static dev.kiln.safetensors.SafetensorsException.named;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import dev.kiln.safetensors.Header.Entry;
import dev.kiln.tensor.DType;
import dev.kiln.tensor.Shape;
import dev.kiln.tensor.TensorType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads the JSON header token by token, so that a hostile one costs no more than its length. */
final class HeaderParser {

  /** As in PyTorch. */
  private static final int HIGHEST_RANK = 64;

  /** Object of objects of arrays is all the format needs. */
  private static final int DEEPEST_NESTING = 3;

  private static final JsonFactory JSON =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(DEEPEST_NESTING)
                  .maxNumberLength(20)
                  .maxNameLength(10_000)
                  .maxStringLength(SafetensorsFile.LONGEST_HEADER)
                  .build())
          .build();

  private final String file;
  private final JsonParser json;

  private HeaderParser(String file, JsonParser json) {
    this.file = file;
    this.json = json;
  }

  /** Parses the header's bytes; {@code file} names the file in messages. */
  static Header parse(String file, ByteBuffer utf8) throws SafetensorsException {
    try (JsonParser json = JSON.createParser(decode(file, utf8))) {
      return new HeaderParser(file, json).header();
    } catch (JsonProcessingException e) {
      throw new SafetensorsException(
          file, "the header is not valid JSON for safetensors: " + e.getOriginalMessage(), e);
    } catch (SafetensorsException e) {
      throw e;
    } catch (IOException e) {
      throw new SafetensorsException(file, "the header cannot be read: " + e.getMessage(), e);
    }
  }

  private static String decode(String file, ByteBuffer utf8) throws SafetensorsException {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(utf8).toString();
    } catch (CharacterCodingException e) {
      throw new SafetensorsException(file, "the header is not UTF-8 text: " + e.getMessage(), e);
    }
  }

  private Header header() throws IOException {
    expect(json.nextToken(), JsonToken.START_OBJECT, "the header");
    Map<String, String> metadata = new LinkedHashMap<>();
    Map<String, Entry> entries = new LinkedHashMap<>();
    while (json.nextToken() != JsonToken.END_OBJECT) {
      String name = json.currentName();
      if (name.equals(Header.METADATA)) {
        readMetadata(metadata);
      } else {
        entries.put(name, entry(name));
      }
    }
    if (json.nextToken() != null) {
      throw new SafetensorsException(file, "the header goes on after its JSON object ends");
    }
    return new Header(metadata, entries);
  }

  private void readMetadata(Map<String, String> metadata) throws IOException {
    expect(json.nextToken(), JsonToken.START_OBJECT, Header.METADATA);
    while (json.nextToken() != JsonToken.END_OBJECT) {
      String key = json.currentName();
      expect(json.nextToken(), JsonToken.VALUE_STRING, "a value of " + Header.METADATA);
      metadata.put(key, json.getText());
    }
  }

  private Entry entry(String name) throws IOException {
    expect(json.nextToken(), JsonToken.START_OBJECT, named(name));
    DType dtype = null;
    List<Long> dims = null;
    List<Long> offsets = null;
    while (json.nextToken() != JsonToken.END_OBJECT) {
      String key = json.currentName();
      switch (key) {
        case "dtype" -> dtype = dtype(name);
        case "shape" -> dims = integers(name, key, HIGHEST_RANK);
        case "data_offsets" -> offsets = integers(name, key, 2);
        default ->
            throw new SafetensorsException(
                file, named(name) + " has the unknown key '" + shortened(key) + "'");
      }
    }
    if (dtype == null || dims == null || offsets == null) {
      throw new SafetensorsException(
          file, named(name) + " needs the keys dtype, shape and data_offsets");
    }
    return entry(name, dtype, dims, offsets);
  }

  private Entry entry(String name, DType dtype, List<Long> dims, List<Long> offsets)
      throws SafetensorsException {
    if (offsets.size() != 2 || offsets.getFirst() < 0 || offsets.getFirst() > offsets.getLast()) {
      throw new SafetensorsException(
          file,
          named(name)
              + " has data_offsets "
              + offsets
              + "; they must be a begin and an end with 0 <= begin <= end");
    }
    List<Integer> shape = new ArrayList<>();
    for (long dim : dims) {
      if (dim < 1 || dim > Integer.MAX_VALUE) {
        throw new SafetensorsException(
            file,
            named(name)
                + " has shape "
                + dims
                + "; Kiln needs every dimension between 1 and "
                + Integer.MAX_VALUE);
      }
      shape.add((int) dim);
    }
    long bytes = bytes(name, dtype, shape);
    long begin = offsets.getFirst();
    long end = offsets.getLast();
    if (bytes != end - begin) {
      throw new SafetensorsException(
          file,
          "%s of type %s%s takes %d bytes, but its data_offsets %s span %d"
              .formatted(named(name), dtype, dims, bytes, offsets, end - begin));
    }
    return new Entry(TensorType.of(dtype, new Shape(shape)), begin, end);
  }

  private long bytes(String name, DType dtype, List<Integer> shape) throws SafetensorsException {
    long bytes = dtype.bytes();
    for (int dim : shape) {
      long high = Math.multiplyHigh(bytes, dim);
      bytes *= dim;
      if (high != 0 || bytes < 0) {
        throw new SafetensorsException(
            file, named(name) + " has shape " + shape + ", which is more than 2^63 - 1 bytes");
      }
    }
    return bytes;
  }

  private DType dtype(String name) throws IOException {
    expect(json.nextToken(), JsonToken.VALUE_STRING, "the dtype of " + named(name));
    String text = json.getText();
    Optional<DType> dtype =
        Header.DTYPES.stream().filter(known -> known.name().equals(text)).findFirst();
    return dtype.orElseThrow(() ->
        new SafetensorsException(
            file,
            "%s has dtype '%s'; Kiln reads %s"
                .formatted(named(name), shortened(text), Header.DTYPES)));
  }

  private List<Long> integers(String name, String key, int most) throws IOException {
    String what = "the " + key + " of " + named(name);
    expect(json.nextToken(), JsonToken.START_ARRAY, what);
    List<Long> values = new ArrayList<>();
    while (json.nextToken() != JsonToken.END_ARRAY) {
      expect(json.currentToken(), JsonToken.VALUE_NUMBER_INT, "an element of " + what);
      if (values.size() == most) {
        throw new SafetensorsException(file, what + " has more than " + most + " numbers");
      }
      values.add(json.getLongValue());
    }
    return values;
  }

  private void expect(@Nullable JsonToken actual, JsonToken wanted, String what)
      throws SafetensorsException {
    if (actual != wanted) {
      throw new SafetensorsException(
          file, "%s must be %s, but is %s".formatted(what, words(wanted), words(actual)));
    }
  }

  private static String words(@Nullable JsonToken token) {
    return token == null
        ? "missing"
        : switch (token) {
          case START_OBJECT -> "an object";
          case START_ARRAY -> "an array";
          case VALUE_STRING -> "a string";
          case VALUE_NUMBER_INT -> "an integer";
          case VALUE_NUMBER_FLOAT -> "a fraction";
          case VALUE_TRUE, VALUE_FALSE -> "a boolean";
          case VALUE_NULL -> "null";
          case END_OBJECT, END_ARRAY, FIELD_NAME, VALUE_EMBEDDED_OBJECT, NOT_AVAILABLE ->
              "something else";
        };
  }

  private static String shortened(String text) {
    return text.length() <= 40 ? text : text.substring(0, 40) + "...";
  }
}
