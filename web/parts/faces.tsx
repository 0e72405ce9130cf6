interface Face {
  readonly sid: string;
  readonly identity: string;
  readonly name: string | null;
}

export function Faces({ people, all }: { people: readonly Face[]; all: number }) {
  const more = all - people.length;
  return (
    <span class="faces">
      {people.map(({ sid, identity, name }) => (
        <i key={sid} data-grey={shade(identity)} title={name || identity}>
          {[...(name || identity)][0]?.toUpperCase()}
        </i>
      ))}
      {more > 0 && <small>+{more}</small>}
    </span>
  );
}

/** The same for the same identity. */
const shade = (identity: string): number =>
  [...identity].reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)!) % 997, 7) % 4;
