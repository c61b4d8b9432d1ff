// Loaded into the bot's process by --import. Tells its peak memory when it is asked, in kilobytes on Linux and macOS;
// ends the bot when the bench has ended.
process.on('message', () => process.send?.({ maxRssKb: process.resourceUsage().maxRSS }));
process.once('disconnect', () => process.exit(1));
