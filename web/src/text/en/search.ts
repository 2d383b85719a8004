export const search = {
    title: "Search chats",
    placeholder: "Search in all your chats",
    results: "Results",
    count: (count: number) => (count === 1 ? "1 result" : `${count} results`),
    none: (text: string) => `Nothing found for “${text}”.`,
    hint: "Finds words in titles and messages. ↑ ↓ to choose, Enter to open.",
    recent: "Recent",
    failed: "The search did not work. Try again.",
    preview: "Preview",
};
