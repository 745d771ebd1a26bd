import type { V1LabelSelector } from '@kubernetes/client-node';

const operators: Record<string, (key: string, values: string) => string> = {
  In: (key, values) => `${key} in (${values})`,
  NotIn: (key, values) => `${key} notin (${values})`,
  Exists: (key) => key,
  DoesNotExist: (key) => `!${key}`,
};

/** A workload's selector as a query says it. */
export function selectorText(selector: V1LabelSelector | undefined): string {
  const labels = Object.entries(selector?.matchLabels ?? {}).map(([key, value]) => `${key}=${value}`);
  const rules = (selector?.matchExpressions ?? []).map(({ key, operator, values }) =>
    operators[operator]!(key, (values ?? []).join(',')),
  );
  return [...labels, ...rules].join(',');
}
