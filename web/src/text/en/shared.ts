export const shared = {
    by: (model: string, when: string) => `Answered by ${model} · shared ${when}`,
    snapshot: "A shared chat, as it was when the link was made",
    question: "Question",
    answer: "Answer",
    goneTitle: "This link leads nowhere",
    goneLead: "It has expired, was revoked, or was never complete. Ask the person who sent it for a new one.",
    signInTitle: "Sign in to read this chat",
    signInLead: "It was shared with the accounts of this Pronk only.",
    startChat: "Start a chat of your own",
    print: "Print",
    empty: "There is nothing in this chat.",
};
