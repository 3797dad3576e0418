/** Those whose PIN may approve, as tiles. Read when first needed and again at each need. */
import * as commands from '../backend/commands';
import { approvers, roleWords } from '$lib/roles';

class Approvers {
  people = $state.raw<{ id: string; name: string; role: string }[]>([]);

  async read(): Promise<void> {
    try {
      const all = approvers(await commands.operators());
      this.people = all.map((o) => ({ id: o.operator_id, name: o.name, role: roleWords[o.role] }));
    } catch {
      // Nobody can approve then; the panel says whom it knows.
      this.people = [];
    }
  }
}

export const approving = new Approvers();
