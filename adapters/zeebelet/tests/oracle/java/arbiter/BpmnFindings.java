package arbiter;

import com.fasterxml.jackson.databind.JsonNode;
import io.camunda.zeebe.model.bpmn.Bpmn;
import io.camunda.zeebe.model.bpmn.instance.BaseElement;
import io.camunda.zeebe.model.bpmn.traversal.ModelWalker;
import io.camunda.zeebe.model.bpmn.validation.ValidationVisitor;
import io.camunda.zeebe.model.bpmn.validation.zeebe.ZeebeDesignTimeValidators;
import java.io.File;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** {file} to {findings: [[element id or tag, text], ...]}, sorted: what Zeebe's design-time validators report of a model. */
final class BpmnFindings implements Mode {
  @Override
  public Map<String, Object> answer(JsonNode question) {
    List<List<String>> findings = new ArrayList<>();
    try {
      var visitor = new ValidationVisitor(ZeebeDesignTimeValidators.VALIDATORS);
      new ModelWalker(Bpmn.readModelFromFile(new File(question.get("file").textValue()))).walk(visitor);
      visitor.getValidationResult().getResults().forEach((element, results) -> {
        String id = element instanceof BaseElement base ? base.getId() : null;
        String name = id != null ? id : element.getElementType().getTypeName();
        results.forEach(result -> findings.add(List.of(name, result.getMessage())));
      });
    } catch (RuntimeException unreadable) {
      findings.clear();
      findings.add(List.of("", text(unreadable)));
    }
    findings.sort(Comparator.<List<String>, String>comparing(f -> f.get(0)).thenComparing(f -> f.get(1)));
    return Map.of("findings", findings);
  }

  /** The exception and its cause in one line. */
  private static String text(Throwable failure) {
    Throwable cause = failure.getCause();
    String own = String.valueOf(failure.getMessage());
    return cause == null || cause.getMessage() == null ? own : own + " / " + cause.getMessage();
  }
}
