import { toJsonSchema } from '@valibot/to-json-schema';
import { OUTPUT_SCHEMAS } from '../src/tasks/output-schemas.js';

/** Of these JSON Schema knows nothing; they only narrow what valibot itself accepts. */
const VALIBOT_ONLY = ['finite', 'raw_check', 'safe_integer', 'check', 'transform', 'readonly'];

/** The published JSON Schemas by file name, made from the definitions. */
export function jsonSchemas(): ReadonlyMap<string, object> {
  return new Map(
    Object.entries(OUTPUT_SCHEMAS).map(([name, { schema, title, description }]) => {
      const { $schema, ...converted } = toJsonSchema(schema, {
        target: 'draft-2020-12',
        typeMode: 'input',
        ignoreActions: VALIBOT_ONLY,
      });
      const id = `urn:greyprobe:schema:${name}`;
      return [`${name}.json`, { $schema, $id: id, title, description, ...converted }];
    }),
  );
}
