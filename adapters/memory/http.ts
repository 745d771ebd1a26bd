import type { HttpProbe } from '../../src/ports.ts';

export interface MemoryHttp extends HttpProbe {
  /** URL → status, or why there is no answer. Anything else answers 200. */
  answers: Map<string, number | string>;
}

/** The web in RAM. */
export function memoryHttp(): MemoryHttp {
  const answers = new Map<string, number | string>();
  return {
    answers,
    async get(url) {
      const answer = answers.get(url) ?? 200;
      return typeof answer === 'number' ? { status: answer, body: '' } : { failed: answer };
    },
  };
}
