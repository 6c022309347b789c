/**
 * The engines that run in a browser, set up as their manuals advise for relevance, with our weights of fields; Chinese is cut with
 * Intl.Segmenter.  For node (peers.mjs) and for Chromium (latency.py).
 */
const BOOSTS = { title: 3, headings: 1.5, description: 1.5, body: 1 };
const FIELDS = Object.keys(BOOSTS);

/**
 * @param {string} locale
 * @param {{MiniSearch?: Function, lunr?: Function, romanian?: boolean, FlexSearch?: object}} libraries  As their packages export them;
 *   romanian: lunr-languages' ro has been added to lunr.
 * @returns {object}  Name -> (articles) -> {file: text of its index, open() -> index, ask(index, text) -> ids, best ten}.
 */
export function setups(locale, { MiniSearch, lunr, romanian, FlexSearch }) {
  const fold = (word) => word.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const segments = new Intl.Segmenter(locale, { granularity: "word" });
  const words = locale.startsWith("zh")
    ? (text) => [...segments.segment(text)].filter((part) => part.isWordLike).map((part) => part.segment)
    : (text) => text.split(/[\s\p{P}\p{Z}]+/u).filter(Boolean);

  return {
    minisearch(articles) {
      const options = {
        fields: FIELDS,
        tokenize: words,
        processTerm: fold,
        searchOptions: { boost: BOOSTS, prefix: (term, at, terms) => at === terms.length - 1, fuzzy: (term) => (term.length > 3 ? 0.2 : false) },
      };
      const made = new MiniSearch(options);
      made.addAll(articles);
      const file = JSON.stringify(made);
      return { file, open: () => MiniSearch.loadJSON(file, options), ask: (index, text) => index.search(text).slice(0, 10).map((hit) => hit.id) };
    },

    lunr(articles) {
      const made = lunr(function build() {
        if (romanian) this.use(lunr.ro);
        // There is no Catalan, Persian or Traditional Chinese; the English stemmer would only harm, the trimmer drops every Persian letter.
        else if (locale !== "en") [this.pipeline, this.searchPipeline].forEach((pipeline) => pipeline.reset());
        if (locale !== "en" && !romanian) this.tokenizer = (text) => (text ? words(String(text)).map((word) => new lunr.Token(word.toLowerCase(), {})) : []);
        this.ref("id");
        for (const field of FIELDS) this.field(field, { boost: BOOSTS[field] });
        for (const article of articles) this.add(article);
      });
      const file = JSON.stringify(made);
      const ask = (index, text) => {
        const typed = [...new Set(words(text.toLowerCase()))];
        if (!typed.length) return [];
        return index
          .query((query) => {
            typed.forEach((word, at) => {
              query.term(word, { boost: 10 });
              if (at === typed.length - 1) query.term(word, { usePipeline: false, wildcard: lunr.Query.wildcard.TRAILING, boost: 4 });
              if (word.length > 3) query.term(word, { usePipeline: false, editDistance: 1, boost: 1 });
            });
          })
          .slice(0, 10)
          .map((hit) => hit.ref);
      };
      return { file, open: () => lunr.Index.load(JSON.parse(file)), ask };
    },

    flexsearch(articles) {
      const { Document, Charset } = FlexSearch;
      const build = () => {
        const made = new Document({
          document: { id: "id", index: FIELDS },
          tokenize: "forward",
          encoder: locale.startsWith("zh") ? Charset.CJK : Charset.LatinBalance,
        });
        for (const article of articles) made.add(article);
        return made;
      };
      const ask = (index, text) => {
        const sums = new Map();
        for (const { field, result } of index.search(text, { limit: 50, suggest: true })) {
          result.forEach((id, at) => sums.set(id, (sums.get(id) ?? 0) + BOOSTS[field] / (at + 1)));
        }
        return [...sums].sort((one, other) => other[1] - one[1]).slice(0, 10).map(([id]) => id);
      };
      const made = build();
      const parts = [];
      made.export((key, data) => parts.push(data));
      return { file: parts.join(""), open: build, ask };
    },
  };
}
