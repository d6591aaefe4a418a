package arbiter;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.camunda.feel.api.*;

/** {expr, context?, unary?, input?} to {value, warnings}, {failure, warnings}, or {parses: false}. */
final class Feel implements Mode {
  private final FeelEngineApi engine = FeelEngineBuilder.forJava().withCustomValueMapper(new Values()).build();

  @Override
  public Map<String, Object> answer(JsonNode question) {
    String text = question.get("expr").textValue();
    boolean unary = question.path("unary").booleanValue();
    ParseResult parsed = unary ? engine.parseUnaryTests(text) : engine.parseExpression(text);
    if (!parsed.isSuccess()) {
      return Map.of("parses", false);
    }
    Map<String, Object> context = Values.context(question.path("context"));
    EvaluationResult found = unary
        ? engine.evaluateWithInput(parsed.parsedExpression(), Values.plain(question.get("input")), context)
        : engine.evaluate(parsed.parsedExpression(), context);
    Map<String, Object> answer = new HashMap<>();
    if (found instanceof FailedEvaluationResult failed) {
      answer.put("failure", failed.failure().message());
    } else {
      answer.put("value", found.result());
    }
    answer.put("warnings", warnings(found));
    return answer;
  }

  private static List<String> warnings(EvaluationResult found) {
    return found.getSuppressedFailures().stream()
        .map(failure -> failure.failureType() + ": " + failure.failureMessage())
        .toList();
  }
}
