// Loaded into the bot's process by --import: tells its peak memory when it is asked. Kilobytes on Linux and macOS.
process.once("disconnect", () => process.exit(1));
process.on('message', () => process.send?.({ maxRssKb: process.resourceUsage().maxRSS }));
