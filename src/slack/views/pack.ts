/** Slack's limit for a section's text is 3,000 characters. */
const TEXT_LIMIT = 2_900;

/** JSON around the text of one section: keys, type and a `block_id` of up to 40 characters. */
const SECTION_BYTES = 180;

/** What is left of a view: blocks, and bytes of JSON. */
export type Room = { readonly blocks: number; readonly bytes: number };

export type Packed = {
  /** The texts of the sections that hold the lines. */
  readonly texts: readonly string[];
  readonly shown: number;
  readonly left: Room;
};

/** Puts lines into as few sections as possible until the lines or the room come to an end. */
export function packLines(lines: readonly string[], room: Room): Packed {
  const sections: string[][] = [];
  let { bytes } = room;
  let length = TEXT_LIMIT;
  let shown = 0;
  for (const line of lines) {
    const startsSection = length + line.length + 1 > TEXT_LIMIT;
    const cost = Buffer.byteLength(JSON.stringify(line)) + (startsSection ? SECTION_BYTES : 0);
    if (cost > bytes || (startsSection && sections.length >= room.blocks)) break;
    if (startsSection) sections.push([]);
    length = startsSection ? line.length : length + line.length + 1;
    sections.at(-1)?.push(line);
    bytes -= cost;
    shown += 1;
  }
  const texts = sections.map((lines) => lines.join('\n'));
  return { texts, shown, left: { blocks: room.blocks - texts.length, bytes } };
}
