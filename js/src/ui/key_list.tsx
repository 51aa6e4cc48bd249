/** Keys and what they do, in groups. */
export type KeyGroups = [title: string, keys: [keys: string, does: string][]][];

export function KeyList({ groups }: { groups: KeyGroups }) {
  return (
    <>
      <div class="rw-keys">
        {groups.map(([title, keys]) => (
          <section key={title}>
            <h3>{title}</h3>
            <dl>
              {keys.map(([pressed, does]) => (
                <div key={pressed + does}>
                  <dt>
                    <kbd>{pressed}</kbd>
                  </dt>
                  <dd>{does}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
      <p class="rw-muted">Letters act while no text field has the focus. On a Mac, Cmd works in place of Ctrl.</p>
    </>
  );
}
