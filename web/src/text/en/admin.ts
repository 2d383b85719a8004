export const admin = {
    title: "Administration",
    denied: "Only administrators can see this page.",
    tabs: { services: "Services", bill: "Bill", users: "Users", invitations: "Invitations" },
    actions: "Actions",
};
