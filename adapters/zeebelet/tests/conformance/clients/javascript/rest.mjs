// The vendor's TypeScript client of the REST API, unchanged, with its own validation of requests and answers switched on.
// Arguments: REST URL, suffix, file.
import createCamundaClient from '@camunda8/orchestration-cluster-api';

const [url, suffix, file] = process.argv.slice(2);
const camunda = createCamundaClient({
  config: {
    CAMUNDA_REST_ADDRESS: `${url}/v2`,
    CAMUNDA_AUTH_STRATEGY: 'NONE',
    CAMUNDA_SDK_VALIDATION: 'req:strict,res:fanatical',
    CAMUNDA_SDK_LOG_LEVEL: 'warn',
  },
});
const consistency = { consistency: { waitUpToMs: 5000, pollIntervalMs: 50 } };
const check = (holds, what) => {
  if (!holds) throw new Error(`Expected ${what}`);
};

check((await camunda.getTopology()).brokers.length === 1, 'one broker');
await camunda.deployResourcesFromFiles([file]);
const { processInstanceKey } = await camunda.createProcessInstance({
  processDefinitionId: `P${suffix}`,
  variables: { k: suffix },
});
const activation = { type: `a${suffix}`, timeout: 30_000, maxJobsToActivate: 1, worker: 'js' };
const { jobs } = await camunda.activateJobs(activation);
check(jobs.length === 1 && jobs[0].variables.k === suffix, 'the job and its variable');
const { jobKey } = jobs[0];
await camunda.failJob({ jobKey, retries: 0, errorMessage: 'not yet' });
const incidents = await camunda.searchIncidents({ filter: { processInstanceKey, state: 'ACTIVE' } }, consistency);
check(incidents.items[0].errorMessage === 'not yet', 'the incident');
await camunda.updateJob({ jobKey, changeset: { retries: 1 } });
await camunda.resolveIncident({ incidentKey: incidents.items[0].incidentKey });
const worker = camunda.createJobWorker({
  jobType: `a${suffix}`,
  maxParallelJobs: 1,
  jobTimeoutMs: 10_000,
  pollIntervalMs: 50,
  jobHandler: (job) => job.complete({ done: true }),
});
await camunda.publishMessage({ name: `m${suffix}`, correlationKey: suffix, timeToLive: 60_000 });
const tasks = await camunda.searchUserTasks({ filter: { processInstanceKey, state: 'CREATED' } }, consistency);
worker.stop();
const { userTaskKey } = tasks.items[0];
await camunda.assignUserTask({ userTaskKey, assignee: 'ann' });
await camunda.completeUserTask({ userTaskKey });
const found = await camunda.searchProcessInstances({ filter: { processInstanceKey } }, consistency);
check(found.items[0].state === 'COMPLETED', 'a completed instance');
console.log('journey done');
process.exit(0);
