package arbiter;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;

/** One kind of question: a JSON object in, the fields of the answer out. */
@FunctionalInterface
public interface Mode {
  Map<String, Object> answer(JsonNode question) throws Exception;
}
