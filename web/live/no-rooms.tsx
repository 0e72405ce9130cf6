import { home, href } from '../address/address';
import { useAnswer } from '../api/use-answer';
import { AnyEvent } from '../generated/operations';
import { Empty } from '../parts/states';

export function NoRooms() {
  const { data } = useAnswer(AnyEvent, {});
  if (data === null) return null;
  if (data.webhookEvents.nodes.length > 0) {
    return (
      <Empty title="No room is open.">
        The next one appears here by itself. <a href={href('rooms')}>Look at past rooms</a>
      </Empty>
    );
  }
  const config = `webhook:\n  api_key: <your API key>\n  urls:\n    - ${new URL('webhook', home).href}`;
  return (
    <Empty title="No webhook has come yet.">
      <p>Add this to LiveKit's config, or put the address into the Cloud's settings, and start a room:</p>
      <pre>{config}</pre>
    </Empty>
  );
}
