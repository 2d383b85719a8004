export const charts = {
    charts: "The last hour",
    chartInstances: "Instances",
    chartQueue: "Requests waiting",
    chartTokens: "Tokens a second",
    chartCost: "Spent",
    chartCostTotal: (amount: string) => `${amount} in the last hour`,
    chartNow: (text: string) => `Now: ${text}`,
    chartNone: "No figures yet.",
    chartNoPrice: "No service has a price. Set one in pronk.yaml to see what it costs.",
};
