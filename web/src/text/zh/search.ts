import type { Texts } from "../en";

export const search: Texts["search"] = {
    title: "搜索对话",
    placeholder: "在所有对话中搜索",
    results: "搜索结果",
    count: (count) => `${count} 条结果`,
    none: (text) => `没有找到“${text}”。`,
    hint: "可搜索标题和消息中的文字。用 ↑ ↓ 选择，按 Enter 打开。",
    recent: "最近",
    failed: "搜索失败，请重试。",
    preview: "预览",
};
