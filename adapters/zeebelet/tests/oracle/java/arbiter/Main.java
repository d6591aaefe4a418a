package arbiter;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/** Reads questions as JSON lines, answers each with a JSON line that carries the question's id. A new mode is one line in MODES. */
public final class Main {
  public static final ObjectMapper JSON =
      new ObjectMapper().configure(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS, true);

  private static final Map<String, Supplier<Mode>> MODES =
      new TreeMap<>(Map.of("feel", Feel::new, "dmn", Dmn::new, "bench", Bench::new, "bpmn", BpmnFindings::new));

  public static void main(String[] arguments) throws Exception {
    Supplier<Mode> mode = arguments.length == 1 ? MODES.get(arguments[0]) : null;
    if (mode == null) {
      System.err.println("Expected one mode of " + MODES.keySet());
      System.exit(64);
    }
    serve(mode.get());
  }

  private static void serve(Mode mode) throws Exception {
    var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    var out = new PrintWriter(System.out, false, StandardCharsets.UTF_8);
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      out.println(JSON.writeValueAsString(answer(mode, JSON.readTree(line))));
    }
    out.flush();
  }

  private static Map<String, Object> answer(Mode mode, JsonNode question) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("id", question.path("id").asText());
    try {
      fields.putAll(mode.answer(question));
    } catch (Exception | StackOverflowError failure) {
      fields.put("failure", failure.toString());
    }
    return fields;
  }
}
