package arbiter;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.camunda.dmn.DmnEngine;
import org.camunda.dmn.parser.ParsedDmn;

/** {file, decision, context?, byName?} to {value}, {failure}, or {parses: false}; the decision is an id unless byName is true. */
final class Dmn implements Mode {
  private final DmnEngine engine = new DmnEngine.Builder().build();
  private final Map<String, Object> parsed = new HashMap<>();

  @Override
  public Map<String, Object> answer(JsonNode question) throws Exception {
    Object model = model(question.get("file").textValue());
    if (!(model instanceof ParsedDmn decisions)) {
      return Map.of("parses", false, "failure", String.valueOf(model));
    }
    String decision = question.get("decision").textValue();
    Map<String, Object> context = Values.context(question.path("context"));
    var found = question.path("byName").booleanValue()
        ? engine.evalByName(decisions, decision, context)
        : engine.eval(decisions, decision, context);
    if (found.isLeft()) {
      return Map.of("failure", found.swap().toOption().get().failure().message());
    }
    Map<String, Object> answer = new HashMap<>();
    DmnEngine.EvalResult result = found.toOption().get();
    answer.put("value", Values.of(result.isNil() ? null : result.value()));
    return answer;
  }

  private Object model(String file) throws Exception {
    if (!parsed.containsKey(file)) {
      try (InputStream in = Files.newInputStream(Path.of(file))) {
        var read = engine.parse(in);
        parsed.put(file, read.isRight() ? read.toOption().get() : read.swap().toOption().get());
      }
    }
    return parsed.get(file);
  }
}
