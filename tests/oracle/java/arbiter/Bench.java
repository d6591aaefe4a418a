package arbiter;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import org.camunda.feel.api.*;
import org.camunda.feel.syntaxtree.ParsedExpression;

/** {expr, context?} to {compile, evaluate}: warm microseconds each. */
final class Bench implements Mode {
  private static final long WARM_UP = 300_000_000L;
  private static final long MEASURED = 500_000_000L;

  private final FeelEngineApi engine = FeelEngineBuilder.forJava().build();

  @Override
  public Map<String, Object> answer(JsonNode question) {
    String text = question.get("expr").textValue();
    Map<String, Object> context = Values.context(question.path("context"));
    ParsedExpression expression = engine.parseExpression(text).parsedExpression();
    Runnable evaluate = () -> engine.evaluate(expression, context);
    Runnable compile = () -> engine.parseExpression(text);
    return Map.of("evaluate", microseconds(evaluate), "compile", microseconds(compile));
  }

  private static double microseconds(Runnable work) {
    run(work, WARM_UP);
    return run(work, MEASURED);
  }

  private static double run(Runnable work, long nanos) {
    long started = System.nanoTime();
    long count = 0;
    while (System.nanoTime() - started < nanos) {
      for (int i = 0; i < 16; i++) work.run();
      count += 16;
    }
    return (System.nanoTime() - started) / 1e3 / count;
  }
}
