package arbiter;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.camunda.feel.api.FeelEngineApi;
import org.camunda.feel.api.FeelEngineBuilder;
import org.camunda.feel.impl.DefaultValueMapper;
import org.camunda.feel.syntaxtree.*;
import org.camunda.feel.valuemapper.JavaCustomValueMapper;
import scala.jdk.javaapi.CollectionConverters;

/** Values between JSON and FEEL: a result keeps its type as {"t": type, "v": value}; so may a temporal value of a context. */
final class Values extends JavaCustomValueMapper {
  private static final FeelEngineApi PLAIN = FeelEngineBuilder.forJava().build();

  private static final DefaultValueMapper MAPPER = new DefaultValueMapper();

  @Override
  public Optional<Val> toValue(Object raw, Function<Object, Val> inner) {
    return Optional.empty();
  }

  @Override
  public Optional<Object> unpackValue(Val value, Function<Val, Object> inner) {
    return Optional.of(typed(value));
  }

  @Override
  public int priority() {
    return Integer.MAX_VALUE;
  }

  static Map<String, Object> typed(Object value) {
    if (value == null || value instanceof ValNull$) return pair("null", null);
    if (value instanceof ValBoolean found) return pair("boolean", found.value());
    if (value instanceof ValString found) return pair("string", found.value());
    if (value instanceof ValNumber found) return pair("number", found.value().bigDecimal().toString());
    if (value instanceof ValList found) return pair("list", CollectionConverters.asJava(found.itemsAsSeq()).stream().map(Values::typed).toList());
    if (value instanceof ValContext found) return pair("context", entries(found));
    if (value instanceof ValFunction) return pair("function", null);
    if (value instanceof ValRange) return pair("range", value.toString());
    if (value instanceof Val found) return pair(temporalName(found), found.toString());
    return pair("java", value.toString());
  }

  private static Map<String, Object> entries(ValContext context) {
    var provider = context.context().variableProvider();
    Map<String, Object> found = new LinkedHashMap<>();
    for (String key : CollectionConverters.asJavaCollection(provider.keys())) {
      found.put(key, of(provider.getVariable(key).getOrElse(() -> null)));
    }
    return found;
  }

  /** The typed form of a value of FEEL, or of a Java or Scala value that stands for one. */
  static Map<String, Object> of(Object raw) {
    return typed(raw instanceof Val ? raw : feel(raw));
  }

  private static Val feel(Object raw) {
    return MAPPER.toVal(raw, Values::feel).getOrElse(() -> ValNull$.MODULE$);
  }

  private static String temporalName(Val value) {
    if (value instanceof ValDate) return "date";
    if (value instanceof ValTime || value instanceof ValLocalTime) return "time";
    if (value instanceof ValDateTime || value instanceof ValLocalDateTime) return "date and time";
    if (value instanceof ValDayTimeDuration) return "days and time duration";
    if (value instanceof ValYearMonthDuration) return "years and months duration";
    return value.getClass().getSimpleName();
  }

  private static Map<String, Object> pair(String type, Object value) {
    Map<String, Object> found = new LinkedHashMap<>();
    found.put("t", type);
    found.put("v", value);
    return found;
  }

  /** A JSON value as the Java value that is handed to the engines. */
  static Object plain(JsonNode node) {
    if (node == null || node.isNull() || node.isMissingNode()) return null;
    if (node.isBoolean()) return node.booleanValue();
    if (node.isTextual()) return node.textValue();
    if (node.isIntegralNumber()) return node.canConvertToLong() ? (Object) node.longValue() : new BigDecimal(node.bigIntegerValue());
    if (node.isNumber()) return node.decimalValue();
    if (node.isArray()) {
      List<Object> items = new ArrayList<>();
      node.forEach(item -> items.add(plain(item)));
      return items;
    }
    if (node.size() == 2 && node.has("t") && node.has("v")) {
      return PLAIN.evaluateExpression("@\"" + node.get("v").textValue() + "\"", Map.<String, Object>of()).result();
    }
    return context(node);
  }

  static Map<String, Object> context(JsonNode node) {
    Map<String, Object> found = new LinkedHashMap<>();
    node.fields().forEachRemaining(entry -> found.put(entry.getKey(), plain(entry.getValue())));
    return found;
  }
}
