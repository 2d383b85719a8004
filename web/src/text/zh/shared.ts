import type { Texts } from "../en";

export const shared: Texts["shared"] = {
    by: (model, when) => `由 ${model} 回答 · 分享于 ${when}`,
    snapshot: "分享的对话，内容为创建链接时的快照",
    question: "提问",
    answer: "回答",
    goneTitle: "链接已失效",
    goneLead: "链接可能已过期、被撤销或不完整。请向分享者索取新的链接。",
    signInTitle: "登录后查看此对话",
    signInLead: "此对话仅分享给本站的登录用户。",
    startChat: "开始自己的对话",
    print: "打印",
    empty: "此对话没有内容。",
};
