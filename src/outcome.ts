import type { Guard } from './ports.ts';
import type { ReleaseEvent } from './release/event.ts';

/** What one look came to: an event with all that must be written with it, or "look again in a while". */
export type Outcome =
  | {
      event: ReleaseEvent;
      records?: { key: string; value: unknown | null }[];
      guards?: Guard[];
      mustHead?: boolean;
      /** Evidence that is still being gathered while the change is already written. */
      late?: Promise<ReleaseEvent | undefined>;
    }
  | { event?: undefined; waitMs: number; late?: undefined };
