/** A kubeconfig for this server. Plain HTTP needs insecure-skip-tls-verify, or client-node refuses the address. */
export const kubeconfigFor = (url: string, namespace = 'default'): string => `apiVersion: v1
kind: Config
clusters:
  - name: stand-in
    cluster:
      server: ${url}
      insecure-skip-tls-verify: true
users:
  - name: release-engineer
    user:
      token: stand-in
contexts:
  - name: stand-in
    context:
      cluster: stand-in
      user: release-engineer
      namespace: ${namespace}
current-context: stand-in
`;
