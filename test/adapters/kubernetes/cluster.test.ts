import { clusterContract } from '../../contracts/cluster.ts';
import { kubernetesLab, noRealCluster, realKubeconfig } from '../../servers/cluster.ts';
import { startKubernetes } from '../../servers/kubernetes/server.ts';

async function standIn() {
  const kubernetes = await startKubernetes({ strictDryRun: false });
  const loseReply = () => {
    kubernetes.control({ faults: { rules: { write: { lostReply: 1 } } } });
    return () => kubernetes.control({ faults: {} });
  };
  return kubernetesLab({ content: kubernetes.kubeconfig }, {}, { loseReply, close: () => kubernetes.close() });
}

clusterContract('the stand-in API server', standIn, { digests: true, logs: true, pulls: true, faults: true });

// A 1.20 server proves the fallback to autoscaling/v1. It cannot prove policy/v1, autoscaling/v2 or CEL.
clusterContract('a real control plane', async () => kubernetesLab({ kubeconfig: realKubeconfig }), {
  digests: false,
  logs: false,
  pulls: false,
  faults: false,
  unavailable: noRealCluster,
});
