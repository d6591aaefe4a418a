package arbiter;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import org.camunda.feel.api.FeelEngineApi;
import org.camunda.feel.api.FeelEngineBuilder;
import org.camunda.feel.syntaxtree.ParsedExpression;

/** {expr, context?, seconds?} to {compile, evaluate}: microseconds each, warm, the best of many short runs. */
final class Bench implements Mode {
  private static final long SHORT_RUN = 10_000_000L;
  private static final int WARM_UP = 30_000;

  private final FeelEngineApi engine = FeelEngineBuilder.forJava().build();

  @Override
  public Map<String, Object> answer(JsonNode question) {
    String text = question.get("expr").textValue();
    double seconds = question.path("seconds").asDouble(0.5);
    Map<String, Object> context = Values.context(question.path("context"));
    ParsedExpression expression = engine.parseExpression(text).parsedExpression();
    double evaluate = best(() -> engine.evaluate(expression, context), seconds);
    double compile = best(() -> engine.parseExpression(text), seconds);
    return Map.of("evaluate", evaluate, "compile", compile);
  }

  private static double best(Runnable work, double seconds) {
    long warm = System.nanoTime() + 2_000_000_000L;
    for (int i = 0; i < WARM_UP && System.nanoTime() < warm; i++) work.run();
    double found = Double.MAX_VALUE;
    long loops = 1;
    for (long end = System.nanoTime() + (long) (seconds * 1e9); System.nanoTime() < end; ) {
      long started = System.nanoTime();
      for (long i = 0; i < loops; i++) work.run();
      double took = (double) (System.nanoTime() - started) / loops;
      found = Math.min(found, took);
      loops = Math.max(1, (long) (SHORT_RUN / Math.max(took, 50)));
    }
    return found / 1e3;
  }
}
