import type { Texts } from "../en";

export const charts: Texts["charts"] = {
    charts: "最近一小时",
    chartInstances: "实例数",
    chartQueue: "排队请求",
    chartTokens: "每秒 token 数",
    chartCost: "费用",
    chartCostTotal: (amount) => `最近一小时共 ${amount}`,
    chartNow: (text) => `当前：${text}`,
    chartNone: "暂无数据。",
    chartNoPrice: "尚未设置价格。在 pronk.yaml 中设置后即可查看费用。",
};
