import { validateXML } from 'xmllint-wasm';

/** What libxml2 finds wrong in a text of XML. Pages are well-formed as XML, too. */
export async function errorsIn(xml: string): Promise<readonly string[]> {
  const { errors } = await validateXML({
    xml: [{ fileName: 'text.xml', contents: xml }],
    normalization: 'format',
  });
  return errors.map(({ message }) => message);
}
