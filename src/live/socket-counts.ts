import type { Scope } from '../access/scope.js';
import type { Settings } from '../settings/settings.js';

export class SocketCounts {
  private readonly ofToken = new WeakMap<Scope, number>();
  private readonly ofProject = new Map<string, number>();

  constructor(private readonly settings: Pick<Settings, 'socketsPerToken' | 'socketsPerProject'>) {}

  /** Null if there are too many, else what gives the place back. */
  enter(scope: Scope): (() => void) | null {
    const [token, project] = [this.ofToken.get(scope) ?? 0, this.ofProject.get(scope.project) ?? 0];
    if (token >= this.settings.socketsPerToken || project >= this.settings.socketsPerProject) return null;
    this.change(scope, 1);
    return () => this.change(scope, -1);
  }

  private change(scope: Scope, by: 1 | -1): void {
    this.ofToken.set(scope, (this.ofToken.get(scope) ?? 0) + by);
    const project = (this.ofProject.get(scope.project) ?? 0) + by;
    if (project > 0) this.ofProject.set(scope.project, project);
    else this.ofProject.delete(scope.project);
  }
}
