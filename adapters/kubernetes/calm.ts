/**
 * Merges a storm of calls: the first is made at once, all others within `ms` become one at the end of it. A rollout
 * changes dozens of objects a second, and each wake costs its receiver a look.
 */
export function calm(call: () => void, ms: number): () => void {
  let timer: NodeJS.Timeout | undefined;
  let again = false;
  const fire = () => {
    again = false;
    timer = setTimeout(() => {
      timer = undefined;
      if (again) fire();
    }, ms);
    timer.unref();
    call();
  };
  return () => {
    if (timer) again = true;
    else fire();
  };
}
