// The vendor's Node client, unchanged: jobs and messages over gRPC, user tasks and incidents over REST.
// Arguments: gRPC address, REST URL, suffix, file.
import { Camunda8 } from '@camunda8/sdk';
import { readFileSync } from 'node:fs';

const [address, url, suffix, file] = process.argv.slice(2);
const camunda = new Camunda8({
  ZEEBE_GRPC_ADDRESS: `grpc://${address}`,
  ZEEBE_REST_ADDRESS: url,
  CAMUNDA_AUTH_STRATEGY: 'NONE',
  CAMUNDA_LOG_LEVEL: 'none',
});
const zeebe = camunda.getZeebeGrpcApiClient();
const rest = camunda.getCamundaRestClient();
const check = (holds, what) => {
  if (!holds) throw new Error(`Expected ${what}`);
};
const until = async (look) => {
  for (let i = 0; i < 100; i++) {
    const found = await look();
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('Expected a result in five seconds');
};

check((await zeebe.topology()).brokers.length === 1, 'one broker');
await zeebe.deployResource({ process: readFileSync(file), name: 'journey.bpmn' });
const { processInstanceKey } = await zeebe.createProcessInstance({
  bpmnProcessId: `P${suffix}`,
  variables: { k: suffix },
});
const jobs = await zeebe.activateJobs({
  type: `a${suffix}`,
  worker: 'js',
  timeout: 30_000,
  maxJobsToActivate: 1,
  requestTimeout: 5_000,
});
check(jobs.length === 1 && jobs[0].variables.k === suffix, 'the job and its variable');
await zeebe.failJob({ jobKey: jobs[0].key, retries: 0, errorMessage: 'not yet', retryBackOff: 0 });
const incident = await until(async () => {
  const answer = await rest.searchIncidents({ filter: { processInstanceKey, state: 'ACTIVE' }, sort: [] });
  return answer.items[0];
});
await zeebe.updateJobRetries({ jobKey: jobs[0].key, retries: 1 });
await zeebe.resolveIncident({ incidentKey: incident.incidentKey });
const worker = zeebe.createWorker({
  taskType: `a${suffix}`,
  taskHandler: (job) => job.complete({ done: true }),
});
await zeebe.publishMessage({
  name: `m${suffix}`,
  correlationKey: suffix,
  timeToLive: 60_000,
  variables: {},
});
const task = await until(async () => {
  const answer = await rest.searchUserTasks({ filter: { processInstanceKey, state: 'CREATED' }, sort: [] });
  return answer.items[0];
});
await worker.close();
await rest.completeUserTask({ userTaskKey: task.userTaskKey, variables: {} });
await until(async () => {
  const answer = await rest.searchProcessInstances({ filter: { processInstanceKey }, sort: [] });
  return answer.items[0]?.state === 'COMPLETED';
});
console.log('journey done');
process.exit(0);
