/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is nicer with a script and works without: tables of class "sortable" and
 * "changes" sort by a click on a head, long ones get a filter; j and k go from
 * row to row, Enter follows, / goes to the filter.
 */
"use strict";
(function () {
	const value = (row, column) => {
		const text = row.cells[column] ? row.cells[column].textContent.trim() : "";
		const number = parseFloat(text.replace(/^\[/, ""));
		return /^[\[+-]?[\d.]/.test(text) && !isNaN(number) && !/^\d+-\d+-/.test(text)
			? number : text;
	};
	const compare = (a, b) => typeof a === typeof b
		? (a < b ? -1 : a > b ? 1 : 0) : typeof a === "number" ? -1 : 1;

	function sort(table, column, head) {
		const falling = head.getAttribute("aria-sort") === "ascending";
		const body = table.tBodies[0];
		const rows = [...body.rows].map(row => [value(row, column), row]);
		rows.sort((a, b) => falling ? compare(b[0], a[0]) : compare(a[0], b[0]));
		for (const other of table.tHead.rows[0].cells)
			other.removeAttribute("aria-sort");
		head.setAttribute("aria-sort", falling ? "descending" : "ascending");
		body.append(...rows.map(pair => pair[1]));
	}

	function makeSortable(table) {
		[...table.tHead.rows[0].cells].forEach((head, column) => {
			if (!head.textContent.trim() || head.classList.contains("forest"))
				return;
			const button = document.createElement("button");
			button.type = "button";
			button.append(...head.childNodes);
			button.addEventListener("click", () => sort(table, column, head));
			head.append(button);
		});
	}

	function addFilter(table) {
		const input = document.createElement("input");
		input.type = "search";
		input.placeholder = "filter rows";
		input.setAttribute("aria-label", "filter the rows of the table");
		input.addEventListener("input", () => {
			const words = input.value.toLowerCase().split(/\s+/);
			for (const row of table.tBodies[0].rows) {
				const text = row.textContent.toLowerCase();
				row.hidden = !words.every(word => text.includes(word));
			}
		});
		table.parentNode.before(input);
	}

	for (const table of document.querySelectorAll("table.sortable, table.changes")) {
		if (!table.tHead || table.tBodies.length !== 1)
			continue;
		makeSortable(table);
		if (table.tBodies[0].rows.length > 15)
			addFilter(table);
	}

	function step(by) {
		const links = [...document.querySelectorAll("main tbody th[scope=row] a, main summary")]
			.filter(link => link.getClientRects().length);
		const at = links.indexOf(document.activeElement);
		const next = links[at < 0 ? (by > 0 ? 0 : links.length - 1) : at + by];
		if (next)
			next.focus();
	}

	document.addEventListener("keydown", event => {
		if (event.ctrlKey || event.metaKey || event.altKey ||
			event.target.tagName === "INPUT")
			return;
		if (event.key === "j")
			step(1);
		else if (event.key === "k")
			step(-1);
		else if (event.key === "/") {
			const input = document.querySelector("input[type=search]");
			if (!input)
				return;
			event.preventDefault();
			input.focus();
		}
	});
})();
