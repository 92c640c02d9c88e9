/**
 * The notation in which the ASN.1 tables are written: text that is read on first use of a type, so that loading a table costs nothing.
 *
 *     type  := tag* base
 *     tag   := '[' ('A' | 'U' | 'P')? number ('!' | '~' | '?')? ']'  context class unless a letter says otherwise;
 *                                                            '!' is EXPLICIT, '~' IMPLICIT, '?' either (standards differ),
 *                                                            none of them the module's default
 *     base  := 'SEQ' '{' list '}' | 'SET' '{' list '}' | 'CHOICE' '{' list '}' | ('SEQOF' | 'SETOF') ('@' field)? type
 *            | ('INT' | 'ENUM' | 'BITS') ('{' names '}')?
 *            | 'OPEN' '(' table? (';' key (',' key)*)? ')'   a value whose type another component names (see schema.ts)
 *            | 'INSIDE' type                                  an OCTET STRING whose contents are a value of the type
 *            | 'GUARD' type                                   what may hold credentials in places that a table cannot foresee (a bind):
 *                                                            strings of elements that are not as they should be are withheld too
 *            | 'SECRET' type                                 a credential: the value is withheld unless asked for
 *            | 'BOOL' | 'NULL' | 'OID' | 'RELOID' | 'OCTETS' | 'REAL' | 'UTCTIME' | 'GENTIME' | 'ANY'
 *            | 'CENTURYTIME'                                 a UTCTime whose century is settled (X.509 §7: 1950 to 2049)
 *            | 'OCTETINT'                                    an INTEGER that nobody calculates with (serial numbers): shown in hex
 *            | a character string: 'IA5' 'PRINTABLE' 'NUMERIC' 'TELETEX' 'VIDEOTEX' 'GRAPHIC' 'VISIBLE' 'GENERAL' 'UTF8'
 *              'BMP' 'UNIVERSAL' 'DESCRIPTOR'
 *            | Name | module.Name
 *            | 'alias' type                                  the same type under a name of its own (for the field names)
 *     list  := (name ('@' field)? '?'? type) separated by ','  '?' marks what may be absent; field: a full field name that
 *                                                            differs from module.name (for SEQOF: that of an item)
 *     names := (name ('=' number)?)*                          numbered from 0 on, going on from the last number given
 *                                                            (bits between: spare_bitN)
 *
 * A tag on a CHOICE, ANY or OPEN is EXPLICIT in any case (X.680 §31.2.7).
 */

export type Primitive =
  | 'BOOL'
  | 'NULL'
  | 'OID'
  | 'RELOID'
  | 'OCTETS'
  | 'REAL'
  | 'OCTETINT'
  | 'CENTURYTIME'
  | 'UTCTIME'
  | 'GENTIME'
  | 'ANY'
  | import('./strings.ts').StringKind;

export type Names = ReadonlyMap<number, string>;

export type Ast =
  | { readonly op: 'tag'; readonly key: number; readonly explicit: boolean | 'either' | null; readonly of: Ast }
  | { readonly op: 'SEQ' | 'SET' | 'CHOICE'; readonly list: readonly AstComponent[] }
  | { readonly op: 'SEQOF' | 'SETOF'; readonly of: Ast; readonly field: string | null }
  | { readonly op: 'SECRET' | 'GUARD' | 'INSIDE' | 'alias'; readonly of: Ast }
  | { readonly op: 'INT' | 'ENUM' | 'BITS'; readonly names: Names | null }
  | { readonly op: 'OPEN'; readonly table: string; readonly keys: readonly string[] }
  | { readonly op: 'ref'; readonly module: string | null; readonly name: string }
  | { readonly op: Primitive };

export interface AstComponent {
  readonly name: string;
  readonly field: string | null;
  readonly optional: boolean;
  readonly type: Ast;
}

const PRIMITIVES = new Set<string>([
  ...[
    'BOOL',
    'NULL',
    'OID',
    'RELOID',
    'OCTETS',
    'OCTETINT',
    'CENTURYTIME',
    'REAL',
    'UTCTIME',
    'GENTIME',
    'ANY',
    'IA5',
    'PRINTABLE',
    'NUMERIC',
  ],
  ...['TELETEX', 'VIDEOTEX', 'GRAPHIC', 'VISIBLE', 'GENERAL', 'UTF8', 'BMP', 'UNIVERSAL', 'DESCRIPTOR'],
]);

const TOKEN = /\s*([A-Za-z][A-Za-z0-9_.-]*|-?\d+|[{}[\]()?!~=,;@])/y;
const CLASSES: Record<string, number> = { U: 0, A: 1, P: 3 };

/** Reads one type. A mistake in a table is our own: it throws, and a test reads every type of every table. */
export function parseType(text: string): Ast {
  const tokens: string[] = [];
  let at = 0;
  TOKEN.lastIndex = 0;
  for (let match = TOKEN.exec(text); match !== null; match = TOKEN.exec(text)) {
    tokens.push(match[1]!);
    at = TOKEN.lastIndex;
  }
  if (text.slice(at).trim() !== '') throw new SyntaxError(`ASN.1 table: cannot read «${text.slice(at, at + 40)}»`);
  const parser = new Parser(tokens);
  const type = parser.type();
  if (!parser.done()) throw new SyntaxError(`ASN.1 table: left over behind the type: «${text.slice(0, 60)}»`);
  return type;
}

class Parser {
  private at = 0;
  private readonly tokens: readonly string[];

  constructor(tokens: readonly string[]) {
    this.tokens = tokens;
  }

  done(): boolean {
    return this.at === this.tokens.length;
  }

  type(): Ast {
    if (this.take('[')) {
      let token = this.next();
      const letter = /^[UAP]/.test(token) ? token[0]! : '';
      // "A3" is one token, "3" another.
      token = letter === '' ? token : token.slice(1);
      const number = Number(token);
      if (token === '' || !Number.isInteger(number)) throw new SyntaxError(`ASN.1 table: «${token}» is no tag number`);
      const explicit = this.take('!') ? true : this.take('~') ? false : this.take('?') ? 'either' : null;
      this.need(']');
      return {
        op: 'tag',
        key: (letter === '' ? 2 : CLASSES[letter]!) * 0x10000000 + number,
        explicit,
        of: this.type(),
      };
    }
    const word = this.next();
    switch (word) {
      case 'SEQ':
      case 'SET':
      case 'CHOICE':
        return { op: word, list: this.components() };
      case 'SEQOF':
      case 'SETOF': {
        const field = this.take('@') ? this.next() : null;
        return { op: word, field, of: this.type() };
      }
      case 'SECRET':
      case 'GUARD':
      case 'INSIDE':
      case 'alias':
        return { op: word, of: this.type() };
      case 'INT':
      case 'ENUM':
      case 'BITS':
        return { op: word, names: this.take('{') ? this.names() : null };
      case 'OPEN':
        return this.open();
      default:
        if (PRIMITIVES.has(word)) return { op: word as Primitive };
        if (!/^[A-Za-z]/.test(word)) throw new SyntaxError(`ASN.1 table: «${word}» is no type`);
        return reference(word);
    }
  }

  private components(): AstComponent[] {
    const out: AstComponent[] = [];
    this.need('{');
    while (!this.take('}')) {
      const name = this.next();
      const field = this.take('@') ? this.next() : null;
      const optional = this.take('?');
      out.push({ name, field, optional, type: this.type() });
      if (!this.take(',') && this.tokens[this.at] !== '}') {
        throw new SyntaxError(`ASN.1 table: «,» expected behind component ${name}`);
      }
    }
    return out;
  }

  private names(): Names {
    const out = new Map<number, string>();
    let number = 0;
    while (!this.take('}')) {
      const name = this.next();
      if (this.take('=')) number = Number(this.next());
      out.set(number++, name);
    }
    return out;
  }

  private open(): Ast {
    let table = '';
    const keys: string[] = [];
    this.need('(');
    if (this.tokens[this.at] !== ';' && this.tokens[this.at] !== ')') table = this.next();
    if (this.take(';')) {
      do keys.push(this.next());
      while (this.take(','));
    }
    this.need(')');
    return { op: 'OPEN', table, keys };
  }

  private take(token: string): boolean {
    if (this.tokens[this.at] !== token) return false;
    this.at++;
    return true;
  }

  private need(token: string): void {
    if (!this.take(token)) throw new SyntaxError(`ASN.1 table: «${token}» expected, found «${this.tokens[this.at]}»`);
  }

  private next(): string {
    const token = this.tokens[this.at++];
    if (token === undefined) throw new SyntaxError('ASN.1 table: the type ends too early');
    return token;
  }
}

function reference(word: string): Ast {
  const dot = word.indexOf('.');
  return dot < 0
    ? { op: 'ref', module: null, name: word }
    : { op: 'ref', module: word.slice(0, dot), name: word.slice(dot + 1) };
}
