import { useEffect } from 'preact/hooks';
import { go, href } from '../address/address';
import { useAnswer } from '../api/use-answer';
import { NewestSession } from '../generated/operations';
import { Empty, Problem } from '../parts/states';

/** Where a token of one room begins: at its newest session. */
export function OwnRoom({ name }: { name: string }) {
  const { data, error, again } = useAnswer(NewestSession, {});
  const sid = data?.rooms.nodes[0]?.sid;
  useEffect(() => {
    if (sid !== undefined) go(href(`rooms/${encodeURIComponent(sid)}`));
  }, [sid]);
  if (error) return <Problem error={error} again={again} />;
  if (data === null || sid !== undefined) return null;
  return <Empty title={`The room ${name} has had no session yet.`}>Open this page again once it has.</Empty>;
}
