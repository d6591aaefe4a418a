import io.camunda.client.CamundaClient;
import io.camunda.client.api.response.ActivatedJob;
import io.camunda.client.api.search.enums.IncidentState;
import io.camunda.client.api.search.enums.ProcessInstanceState;
import io.camunda.client.api.search.enums.UserTaskState;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** The vendor's Java client, unchanged, goes the whole journey: arguments are gRPC URL, REST URL, "rest" or "grpc", suffix, file. */
public final class Journey {
  public static void main(final String[] args) throws Exception {
    final boolean rest = args[2].equals("rest");
    final String suffix = args[3];
    try (CamundaClient client =
        CamundaClient.newClientBuilder()
            .grpcAddress(URI.create(args[0]))
            .restAddress(URI.create(args[1]))
            .preferRestOverGrpc(rest)
            .defaultRequestTimeout(Duration.ofSeconds(20))
            .build()) {
      check(client.newTopologyRequest().send().join().getBrokers().size() == 1, "one broker");
      client.newDeployResourceCommand().addResourceFile(args[4]).send().join();
      final long instance =
          client
              .newCreateInstanceCommand()
              .bpmnProcessId("P" + suffix)
              .latestVersion()
              .variables(Map.of("k", suffix))
              .send()
              .join()
              .getProcessInstanceKey();

      final List<ActivatedJob> jobs =
          client
              .newActivateJobsCommand()
              .jobType("a" + suffix)
              .maxJobsToActivate(1)
              .timeout(Duration.ofSeconds(30))
              .send()
              .join()
              .getJobs();
      check(jobs.size() == 1 && jobs.get(0).getVariablesAsMap().get("k").equals(suffix), "the job and its variable");
      final long job = jobs.get(0).getKey();
      client.newFailCommand(job).retries(0).errorMessage("not yet").send().join();
      final long incident =
          await(
              () ->
                  client
                      .newIncidentSearchRequest()
                      .filter(f -> f.processInstanceKey(instance).state(IncidentState.ACTIVE))
                      .send()
                      .join()
                      .items()
                      .stream()
                      .map(i -> i.getIncidentKey())
                      .findFirst()
                      .orElse(null));
      client.newUpdateRetriesCommand(job).retries(1).send().join();
      client.newResolveIncidentCommand(incident).send().join();
      try (var worker =
          client
              .newWorker()
              .jobType("a" + suffix)
              .handler((jobClient, it) -> jobClient.newCompleteCommand(it).variables(Map.of("done", true)).send().join())
              .streamEnabled(!rest)
              .open()) {
        client
            .newPublishMessageCommand()
            .messageName("m" + suffix)
            .correlationKey(suffix)
            .timeToLive(Duration.ofMinutes(1))
            .send()
            .join();
        final long task =
            await(
                () ->
                    client
                        .newUserTaskSearchRequest()
                        .filter(f -> f.processInstanceKey(instance).state(UserTaskState.CREATED))
                        .send()
                        .join()
                        .items()
                        .stream()
                        .map(t -> t.getUserTaskKey())
                        .findFirst()
                        .orElse(null));
        client.newAssignUserTaskCommand(task).assignee("ann").send().join();
        client.newCompleteUserTaskCommand(task).send().join();
      }
      await(
          () ->
              client.newProcessInstanceGetRequest(instance).send().join().getState() == ProcessInstanceState.COMPLETED
                  ? true
                  : null);
      System.out.println("journey done");
    }
  }

  private static void check(final boolean holds, final String what) {
    if (!holds) {
      throw new AssertionError("Expected " + what);
    }
  }

  private static <T> T await(final Supplier<T> look) throws InterruptedException {
    for (int i = 0; i < 100; i++) {
      final T found = look.get();
      if (found != null) {
        return found;
      }
      Thread.sleep(100);
    }
    throw new AssertionError("Expected a result in ten seconds");
  }
}
