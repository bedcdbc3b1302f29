/** A name in every spelling that the files of a service need. */
export type Spellings = {
  /** `gift-card`: in etcd, in Kubernetes, of packages and files. */
  readonly kebab: string;
  /** `gift_card`: in contracts and in SQL. */
  readonly snake: string;
  /** `GIFT_CARD` */
  readonly constant: string;
  /** `giftCard` */
  readonly camel: string;
  /** `GiftCard` */
  readonly pascal: string;
  /** `gift card`: in a sentence. */
  readonly words: string;
  /** `Gift card`: where a sentence begins. */
  readonly sentence: string;
};

/** One of the service's things, and several. */
export interface ServiceNames {
  readonly one: Spellings;
  readonly many: Spellings;
}

/** @param name that `nameRefusal` has nothing against */
export function namesOf(name: string): ServiceNames {
  const words = name.split("-");
  return { one: spell(words), many: spell([...words.slice(0, -1), plural(words.at(-1) ?? "")]) };
}

function spell(words: readonly string[]): Spellings {
  const capitalized = words.map(capitalize);
  const pascal = capitalized.join("");
  return {
    kebab: words.join("-"),
    snake: words.join("_"),
    constant: words.join("_").toUpperCase(),
    camel: `${words[0] ?? ""}${capitalized.slice(1).join("")}`,
    pascal,
    words: words.join(" "),
    sentence: capitalize(words.join(" ")),
  };
}

function capitalize(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

/** By the rules of English that have few exceptions; the others are a matter of one search and replace. */
function plural(noun: string): string {
  if (/[^aeiou]y$/.test(noun)) return `${noun.slice(0, -1)}ies`;
  return /(s|x|z|ch|sh)$/.test(noun) ? `${noun}es` : `${noun}s`;
}
